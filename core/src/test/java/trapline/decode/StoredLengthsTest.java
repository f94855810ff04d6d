package trapline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Tools;

/// Nothing is shown of memory that the kernel neither read nor stored: programs that give too
/// little room, sizes that are too small or too large, and ask for what is longer than its copy.
@Tag("host")
class StoredLengthsTest {
  /// What the programs fill their buffers with, as text and as numbers of 2, 4 and 8 bytes.
  private static final Pattern STALE =
      Pattern.compile("##|0x2323|\\b589505315\\b|\\b2531906049332683555\\b|35\\.35\\.35\\.35");

  /// Calls that have other numbers and times in each run, or another notation.
  private static final Set<String> NAME_ONLY =
      Set.of(
          "set_tid_address",
          "rseq",
          "clone",
          "getpid",
          "msgctl",
          "clock_gettime",
          "getdents64",
          "getrandom",
          "times",
          "sysinfo",
          "adjtimex",
          "semctl",
          "semget",
          "process_vm_readv",
          "getcpu",
          "statfs",
          "nanosleep",
          "clock_nanosleep");

  /// What is shown better than strace 6.1 does.
  private static final List<Pattern> OURS =
      List.of(
          // Buffers and structures that the kernel has not filled, or only in part.
          Pattern.compile("[lf]?getxattr\\(.*, ADDRESS, 0\\) = 5"),
          Pattern.compile("getgroups\\(0, ADDRESS\\) = \\d+"),
          Pattern.compile("waitid\\(.*"),
          Pattern.compile("msgrcv\\(.*=\"message\"}, 100, 0, 0\\) = 7"),
          Pattern.compile("keyctl\\(KEYCTL_(READ|DESCRIBE|GET_SECURITY), .*"),
          Pattern.compile("getsockname\\(\\d+, \\{sa_family=AF_INET6, .*}, \\[25 => 28]\\) = 0"),
          // The room for names in messages of which none came.
          Pattern.compile("recvmmsg\\(\\d+, \\[\\{msg_hdr=\\{msg_namelen=0}}, .*EAGAIN.*"),
          // Types of options.
          Pattern.compile("[gs]etsockopt\\(\\d+, SOL_SOCKET, SO_RCVTIMEO_OLD, .*"),
          Pattern.compile("getsockopt\\(\\d+, SOL_TCP, TCP_CONGESTION, \"bbr.0\", \\[4].*"),
          Pattern.compile("getsockopt\\(\\d+, SOL_TCP, TCP_CONGESTION, \".{4,8}\", \\[4].*"),
          // Words of sets of nodes, a node where a policy is not asked for, and no array at all.
          Pattern.compile("(get|set)_mempolicy\\(.*|migrate_pages\\(.*|mincore\\(.*"),
          // The rest of a structure that cannot be read, and the members that newer kernels have.
          Pattern.compile(".*\\(unreadable: not all mapped\\).*"),
          Pattern.compile(".*, \\.\\.\\.}, (4097|5000|1099511627776)[,)].*"),
          Pattern.compile("(perf_event_open|sched_setattr)\\(.*E2BIG.*|perf_event_open.*_VER8.*"),
          Pattern.compile("perf_event_open\\((\\{size=|.* /\\* bytes 128\\.\\.).*"),
          Pattern.compile("sched_[gs]etattr\\(0, \\{size=(52|64|72),.*"),
          Pattern.compile("landlock_create_ruleset\\(\\{.*handled_access_net=.*"),
          Pattern.compile("mount_setattr\\(.*, propagation=0, .*"),
          Pattern.compile("bpf\\(BPF_MAP_CREATE, \\{map_type=BPF_MAP_TYPE_ARRAY}, 4\\).*"),
          Pattern.compile("bpf\\(BPF_MAP_CREATE, .* /\\* bytes 96..127 \\*/ .*"),
          // Stored beside the room that was too little.
          Pattern.compile("name_to_handle_at\\(.*EOVERFLOW.*"),
          // Features that are newer.
          Pattern.compile("io_uring_setup\\(.*"));

  @TempDir Path directory;
  private Path scratch;

  @BeforeEach
  void makeScratch() throws Exception {
    scratch = Files.createDirectories(directory.resolve("run"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lengths.c", "sizes.c", "stores.c"})
  void nothingStaleIsShown(String source) throws Exception {
    Tools.require("gcc");
    Limits full = new Limits(300, 100, false);
    assertThat(ours(source, full)).hasSizeGreaterThan(100).noneMatch(StoredLengthsTest::isStale);
  }

  private static boolean isStale(String line) {
    return STALE.matcher(line).find();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lengths.c", "sizes.c", "stores.c"})
  void everythingElseIsShownAsByStrace(String source) throws Exception {
    Tools.require("strace");
    Tools.require("gcc");
    List<String> ours = ours(source, Limits.DEFAULT);
    String program = directory.resolve(source.replace(".c", "")).toString();
    List<String> theirs = Strace.lines(directory, scratch, List.of(), List.of(program));
    assertThat(ours).hasSize(theirs.size() - 1);
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (int i = 0; i < ours.size(); i++) {
      String mine = normal(ours.get(i));
      String other = normal(theirs.get(i + 1));
      if (other.startsWith("syscall_0x") || NAME_ONLY.contains(Strace.name(mine))) {
        continue;
      }
      compared++;
      if (!mine.equals(other) && OURS.stream().noneMatch(it -> it.matcher(mine).matches())) {
        differences.add("strace " + other + "\nours   " + mine);
      }
    }
    assertThat(differences).isEmpty();
    assertThat(compared).isGreaterThan(80);
  }

  private List<String> ours(String source, Limits limits) throws Exception {
    Path program = Recorder.compile(directory, source);
    Path recorder = Recorder.compile(directory, "recorder.c");
    try (Recorder run = new Recorder(recorder, scratch, List.of(program.toString()))) {
      return run.lines(limits);
    }
  }

  /// Without the numbers of processes, keys and queues, ports, and times.
  private static String normal(String line) {
    return Strace.normal(line)
        .replaceAll("htons\\(\\d+\\)", "htons(PORT)")
        .replaceAll("sa_data=\"[^\"]*\"", "sa_data=PORT")
        .replaceAll("\\{pid=\"[^\"]*\"", "{pid=PID")
        .replaceAll("^(wait4|waitid|msgsnd|msgrcv)\\((P_PID, )?[0-9]+", "$1($2N")
        .replaceAll("(parent_tid=)\\[\\d+]", "$1[PID]")
        .replaceAll("^(keyctl\\(\\w+), \\d+", "$1, KEY")
        .replaceAll("tv_usec=\\d+", "tv_usec=T")
        .replaceAll("^((?:clone3|wait4|msgget|add_key)\\(.*) = \\d+$", "$1 = N")
        .replaceAll("clock_getres\\(0xfffd\\w+|clock_getres\\(0xff\\w{6}", "clock_getres(PID");
  }
}
