package trapline.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.model.Errno;
import trapline.model.ErrorOrigin;
import trapline.model.ErrorOrigin.Candidate;
import trapline.model.ErrorOrigin.Kind;
import trapline.model.ErrorOrigin.Teller;
import trapline.model.Evidence;
import trapline.model.Explanation;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.KernelRun;
import trapline.model.KernelRun.Unit;
import trapline.model.KernelRun.Where;
import trapline.model.LocalCause;
import trapline.model.Place;
import trapline.model.RanFunction;

/// Made-up explanations of every kind, and journeys with what ran in the kernel.
final class SampleExplanations {
  private static final LocalCause HELD =
      new LocalCause(
          "TCP port 8080 is held by nginx (process 4711): 0.0.0.0:8080, listening",
          Evidence.OBSERVED);
  private static final LocalCause RULED =
      new LocalCause(
          "the thread, uid 1000, gid 1000, has no CAP_NET_ADMIN",
          new Evidence.Inferred("capabilities(7) names it for bind"));

  private static final Errno IN_USE = new Errno(98, "EADDRINUSE", "Address already in use");
  private static final String EXACT = "6.12.63 (embedded index): exact";
  private static final String SOCK = "net/ipv4/inet_connection_sock.c";

  private SampleExplanations() {}

  /// All of them by name, in a fixed order.
  static Map<String, Explanation> all() {
    Map<String, Explanation> all = new LinkedHashMap<>();
    all.put("function", function());
    all.put("unobserved", unobserved());
    all.put("elsewhere", elsewhere());
    return all;
  }

  /// One of each kind, with a road and without.
  static List<Explanation> kinds() {
    List<Explanation> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      kinds.add(of(1, new ErrorOrigin(IN_USE, kind, List.of(), List.of(), ""), null, ""));
      kinds.add(of(1, new ErrorOrigin(IN_USE, kind, road(), List.of(), ""), run(""), EXACT));
    }
    return kinds;
  }

  static Explanation function() {
    List<Candidate> candidates =
        List.of(
            new Candidate(
                new Place(SOCK, 506), "int ret = -EADDRINUSE, port = snum;", "sets it", null),
            new Candidate(
                new Place(SOCK, 538),
                "goto fail_unlock;",
                "leaves with ret as set on line 506, if !tb",
                "inet_csk_bind_conflict"));
    return of(3, new ErrorOrigin(IN_USE, Kind.FUNCTION, road(), candidates, ""), run(""), EXACT);
  }

  private static Explanation unobserved() {
    return of(
        1,
        new ErrorOrigin(
            IN_USE,
            Kind.UNKNOWN,
            List.of(),
            List.of(),
            "The kernel was not observed: qemu-system-x86_64 is not installed, which runs guests:"
                + " apt-get install qemu-system-x86."),
        null,
        "");
  }

  /// With more candidates than are shown, and a run that differed.
  private static Explanation elsewhere() {
    List<Candidate> candidates = new ArrayList<>();
    for (int line = 1; line <= 40; line++) {
      candidates.add(new Candidate(new Place(SOCK, line), "return -EADDRINUSE;", "", null));
    }
    KernelRun run =
        new KernelRun(
            "6.18.44",
            Where.LIVE,
            Unit.NANOSECONDS,
            ran("__x64_sys_bind", null, -1, null, List.of()),
            -13,
            "there the call failed with EACCES",
            "It still waited when the recording ended.");
    return of(
        1,
        new ErrorOrigin(
            IN_USE,
            Kind.ELSEWHERE,
            road(),
            candidates,
            "The error was found in sk->sk_err, which tcp_reset had set in a softirq."),
        run,
        EXACT);
  }

  private static Explanation of(
      long times, ErrorOrigin origin, @Nullable KernelRun run, String placesFrom) {
    return new Explanation(
        SampleJourneys.bindFailed(),
        times,
        origin,
        run,
        placesFrom,
        origin.candidates().isEmpty() ? List.of() : List.of(HELD, RULED));
  }

  private static List<Teller> road() {
    return List.of(
        teller("__x64_sys_bind", new Place("net/socket.c", 1860), "call ffffffff819f2380"),
        teller("__sys_bind", new Place("net/socket.c", 1840), "call *%rax"),
        teller("a_function_without_a_place", null, ""),
        teller("inet_csk_get_port", new Place(SOCK, 500), "mov $0xffffff9e,%ebx"));
  }

  private static Teller teller(String name, @Nullable Place place, String instruction) {
    RanFunction function = ran(name, place, 1, -98L, List.of());
    return new Teller(function, -98, instruction.isEmpty() ? -1 : 1709, instruction);
  }

  /// The socket journey with a tree of kernel functions.
  static Journey socketWithKernel() {
    Journey journey = SampleJourneys.socket();
    List<Hop> hops = new ArrayList<>(journey.hops());
    hops.removeIf(hop -> hop.kind() == HopKind.KERNEL_FUNCTION);
    int last = hops.size() - 1;
    hops.add(
        last,
        new Hop.KernelFunctions(
            new Evidence.ObservedIn("guest kernel 6.12.63 (emulated)"),
            run("An interrupt came."),
            EXACT));
    return journey.withHops(hops);
  }

  private static KernelRun run(String note) {
    return new KernelRun("6.12.63", Where.GUEST_EMULATED, Unit.INSTRUCTIONS, tree(), -98, "", note);
  }

  private static RanFunction tree() {
    RanFunction lock =
        ran("_raw_spin_lock", new Place("kernel/locking/spinlock.c", 154), 9, null, List.of());
    RanFunction get =
        ran("try_module_get", new Place("kernel/module/main.c", 865), 6, 1L, List.of());
    RanFunction inner =
        ran("inet_create", new Place("net/ipv4/af_inet.c", 252), 36_336, 0L, List.of(lock));
    RanFunction create =
        ran("__sock_create", new Place("net/socket.c", 1488), 37_207, 0L, List.of(get, get, inner));
    RanFunction install = ran("fd_install", new Place("fs/file.c", 595), 30, null, List.of());
    return ran(
        "__x64_sys_socket", new Place("net/socket.c", 1711), 38_624, 3L, List.of(create, install));
  }

  private static RanFunction ran(
      String name,
      @Nullable Place place,
      long cost,
      @Nullable Long returned,
      List<RanFunction> calls) {
    return new RanFunction(
        name,
        0xffffffff81000000L + name.length() * 16L,
        place == null ? List.of() : List.of(place),
        cost,
        returned,
        returned == null ? "" : "int",
        calls);
  }
}
