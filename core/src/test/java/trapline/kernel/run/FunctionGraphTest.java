package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.model.ErrorOrigin;

/// Traces of a program in guests with Debian's kernels 6.1.187 and 6.12.117: it makes two sockets,
/// binds both to one port, opens what is not there and through a file, makes call 999, and reads
/// from /dev/zero into memory that it does not have.
@Tag("unit")
class FunctionGraphTest {
  private static List<TracedCall> graph(String text) throws IOException {
    List<TracedCall> calls = new ArrayList<>();
    assertThat(FunctionGraph.read(new StringReader(text), calls::add)).isZero();
    return calls;
  }

  private static String resource(String name) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(Recorded.open(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<TracedCall> probes(String version) throws IOException {
    List<TracedCall> calls = new ArrayList<>();
    String text = resource("return-probes-" + version + ".txt.gz");
    assertThat(ReturnProbes.read(new StringReader(text), calls::add)).isZero();
    return calls;
  }

  private static TracedCall failed(List<TracedCall> calls, int number, long result) {
    return calls.stream()
        .filter(call -> call.number() == number && call.result() == result)
        .findFirst()
        .orElseThrow();
  }

  private static String names(ErrorOrigin origin) {
    return String.join(
        " ", origin.road().stream().map(teller -> teller.function().name()).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void realTraces(String version) throws IOException {
    List<TracedCall> calls = graph(resource("function-graph-" + version + ".txt.gz"));
    assertThat(calls)
        .extracting(TracedCall::number)
        .startsWith(41, 41, 49, 49, 257, 257, 999, 257, 0, 35);
    assertThat(calls)
        .extracting(TracedCall::result)
        .startsWith(3L, 4L, 0L, -98L, -2L, -20L, -38L, 5L, -14L, 0L);
    TracedCall bind = failed(calls, 49, -98);
    assertThat(bind.arguments()).startsWith(4L).hasSize(6);
    assertThat(bind.lost()).isZero();
    assertThat(failed(calls, 999, -38).tree()).isNull();
    CallNode entry = bind.tree().root().calls().getFirst();
    assertThat(bind.tree().root().name()).isEqualTo("x64_sys_call");
    assertThat(entry.name()).isEqualTo("__x64_sys_bind");
    CallNode inner = entry.calls().getFirst();
    assertThat(inner.calls())
        .extracting(CallNode::name)
        .contains("move_addr_to_kernel", "security_socket_bind")
        .endsWith("inet_bind");
    assertNested(bind.tree().root());
  }

  /// What a function calls takes no longer than itself.
  private static void assertNested(CallNode node) {
    long sum = 0;
    for (CallNode call : node.calls()) {
      sum += call.cost();
      assertNested(call);
    }
    assertThat(node.cost()).as(node.name()).isPositive().isGreaterThanOrEqualTo(sum);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void probesTellWhoSaidTheError(String version) throws IOException {
    List<TracedCall> calls = graph(resource("function-graph-" + version + ".txt.gz"));
    List<TracedCall> probes = probes(version);
    ErrorSearch search =
        new ErrorSearch(Recorded.returns(), Recorded.symbols(), KernelCode.NONE, name -> List.of());
    TracedCall bind = failed(probes, 49, -98);
    CallTree joined = ReturnProbes.join(failed(calls, 49, -98).tree(), bind.returned());
    ErrorOrigin origin = search.search(joined, 98);
    assertThat(names(origin))
        .isEqualTo(
            "__x64_sys_bind __sys_bind inet_bind "
                + (version.equals("6.12") ? "inet_bind_sk " : "")
                + "__inet_bind inet_csk_get_port");
    assertThat(origin.road()).allMatch(teller -> teller.value() == -98);
    TracedCall open = failed(probes, 257, -20);
    CallTree opened = ReturnProbes.join(failed(calls, 257, -20).tree(), open.returned());
    assertThat(names(search.search(opened, 20)))
        .isEqualTo("do_sys_openat2 do_filp_open path_openat");
  }

  @Test
  void returnValuesOfNewerKernels() throws IOException {
    // Documentation/trace/ftrace.rst, funcgraph-retval, of 6.5 and of later versions.
    String text =
        """
         1)   a-b-7       |               |  /* sys_enter: NR 1 (1, 2, 3, 4, 5, 6) */
         1)   a-b-7       |               |  cgroup_migrate() {
         1)   a-b-7       |   0.651 us    |    cgroup_migrate_add_task(); /* = 0xffff93fcfd346c00 */
         1)   a-b-7       |               |    cgroup_migrate_execute() {
         1)   a-b-7       |   0.380 us    |      sched_rt_can_attach [sched](); /* ret=0x0 */
         1)   a-b-7       |   ==========> |
         1)   a-b-7       |   3.000 us    |      __sysvec_apic_timer_interrupt();
         1)   a-b-7       |   <========== |
         1)   a-b-7       | # 2335.25 us  |    } /* cgroup_migrate_execute = -22 */
         1)   a-b-7       | + 71.430 us   |  } /* cgroup_migrate ret=-22 */
         1)   a-b-7       |               |  /* sys_exit: NR 1 = -22 */
        """;
    TracedCall call = graph(text).getFirst();
    assertThat(call.thread()).isEqualTo(7);
    assertThat(call.arguments()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    StringBuilder tree = new StringBuilder();
    PretendKernel.append(call.tree().root(), tree);
    assertThat(tree.toString())
        .isEqualTo(
            "cgroup_migrate=-22(cgroup_migrate_add_task="
                + 0xffff93fcfd346c00L
                + " cgroup_migrate_execute=-22(sched_rt_can_attach"
                + " __sysvec_apic_timer_interrupt=?))");
    assertThat(call.tree().root().calls().getLast().cost()).isEqualTo(2_335_250);
    assertThat(call.tree().root().calls().getLast().calls().getLast().isEvent).isTrue();
  }

  @Test
  void lostEventsAreSaid() throws IOException {
    String text =
        """
         0)   a-7       |               |  /* sys_enter: NR 1 (1, 2, 3, 4, 5, 6) */
         0)   a-7       |               |  one() {
         0)   a-7       |               |    two() {
        CPU:0 [LOST 123 EVENTS]
         0)   a-7       |   1.000 us    |  } /* one */
         0)   a-7       |               |  /* sys_exit: NR 1 = 0 */
        """;
    TracedCall call = graph(text).getFirst();
    assertThat(call.lost()).isEqualTo(123);
    assertThat(call.tree().notes().getFirst()).contains("lost 123 events");
    assertThat(call.tree().root().cost()).isEqualTo(1000);
    assertThat(call.tree().root().calls().getFirst().cost()).isEqualTo(-1);
  }

  @Test
  void threadsAreKeptApart() throws IOException {
    String text =
        """
         0)   a-7       |               |  /* sys_enter: NR 1 (1, 2, 3, 4, 5, 6) */
         0)   a-7       |               |  one() {
         ------------------------------------------
         0)   a-7  =>  b-8
         ------------------------------------------
         0)   b-8       |               |  /* sys_enter: NR 2 (1, 2, 3, 4, 5, 6) */
         0)   b-8       |   1.000 us    |  other();
         0)   b-8       |               |  /* sys_exit: NR 2 = 5 */
         0)   a-7       |   2.000 us    |    two();
         0)   a-7       |   9.000 us    |  } /* one */
         0)   a-7       |               |  /* sys_exit: NR 1 = 6 */
        """;
    List<TracedCall> calls = graph(text);
    assertThat(calls).extracting(TracedCall::result).containsExactly(5L, 6L);
    assertThat(calls.getLast().tree().root().calls())
        .extracting(CallNode::name)
        .containsExactly("two");
  }

  @Test
  void probesThatFitOnlyInPart() throws IOException {
    String text =
        """
         0)   a-7       |               |  /* sys_enter: NR 1 (1, 2, 3, 4, 5, 6) */
         0)   a-7       |               |  top() {
         0)   a-7       |   1.000 us    |    one();
         0)   a-7       |   1.000 us    |    two();
         0)   a-7       |   1.000 us    |    one();
         0)   a-7       |   9.000 us    |  } /* top */
         0)   a-7       |               |  /* sys_exit: NR 1 = 6 */
        """;
    CallTree joined =
        ReturnProbes.join(
            graph(text).getFirst().tree(),
            List.of(
                new TracedCall.Returned("two", "top", 2),
                new TracedCall.Returned("one", "top", 3),
                new TracedCall.Returned("gone", "top", 4)));
    StringBuilder tree = new StringBuilder();
    PretendKernel.append(joined.root(), tree);
    assertThat(tree.toString()).isEqualTo("top=?(one=? two=2 one=3)");
  }

  @Test
  void otherTextIsCounted() throws IOException {
    String text = "nonsense\n 0) nothing | | x();\n 0)  a-1  | wrong |\n\n# comment\n";
    assertThat(FunctionGraph.read(new StringReader(text), call -> {})).isEqualTo(3);
    assertThat(ReturnProbes.read(new StringReader(text), call -> {})).isEqualTo(3);
  }
}
