package trapline.linux.tracefs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.proc.Owner;
import trapline.linux.tracefs.TracingAbility.Able;
import trapline.linux.tracefs.TracingAbility.Unable;
import trapline.linux.tracefs.TracingAbility.Values;

@Tag("unit")
class TraceSessionTest {
  /// No process has this start.
  private static final long NEVER = 1;

  @TempDir Path folder;
  private PretendTracefs kernel;

  @BeforeEach
  void layOut() throws IOException {
    kernel = new PretendTracefs(folder);
  }

  private Able able() {
    return (Able) TracingAbility.of(kernel.tracefs(), "");
  }

  private String why(String lockdown) {
    return ((Unable) TracingAbility.of(kernel.tracefs(), lockdown)).why();
  }

  @Test
  void whatAKernelCanDo() throws IOException {
    assertThat(able().values()).isEqualTo(Values.KPROBE);
    Files.delete(folder.resolve("kprobe_events"));
    assertThat(able().values()).isEqualTo(Values.NONE);
    PretendTracefs.write(folder.resolve("dynamic_events"), "");
    PretendTracefs.write(folder.resolve("README"), "f[:[<group>/][<event>]] <func>[%return] [x]");
    assertThat(able().values()).isEqualTo(Values.FPROBE);
    kernel.returnValues = true;
    assertThat(able().values()).isEqualTo(Values.TRACER);
    assertThat(kernel.instances()).isEmpty();
  }

  @Test
  void whatAKernelCannotDo() throws IOException {
    assertThat(why("confidentiality")).contains("locked down");
    kernel.tracersOfInstances = "function nop";
    assertThat(why("none")).contains("instance of its own");
    assertThat(kernel.instances()).isEmpty();
    PretendTracefs.write(folder.resolve("available_tracers"), "blk nop\n");
    assertThat(why("")).contains("no function tracer").contains("blk nop");
  }

  @Test
  void everythingIsUndone() throws IOException {
    PretendTracefs.write(folder.resolve("instances/foreign/current_tracer"), "function");
    PretendTracefs.write(folder.resolve("kprobe_events"), "p:mine/one do_exit\n");
    String name;
    try (TraceSession session = TraceSession.open(able(), 4096)) {
      name = kernel.instances().getLast();
      assertThat(name).contains("funcgraph-proc=0", "funcgraph-tail=0");
      Path instance = folder.resolve("instances").resolve(name);
      PretendTracefs.write(
          instance.resolve("events/" + InstanceName.parse(name).group() + "/enable"), "");
      assertThat(session.probe(java.util.List.of("inet_bind"))).isEqualTo(1);
      session.begin(new int[] {71, 72});
      assertThat(Files.readString(instance.resolve("set_ftrace_pid"))).isEqualTo("71 72\n");
      assertThat(Files.readString(instance.resolve("current_tracer")))
          .isEqualTo("function_graph\n");
      assertThat(Files.readString(instance.resolve("options/funcgraph-proc"))).isEqualTo("1\n");
      session.on();
      assertThat(Files.readString(instance.resolve("tracing_on"))).endsWith("1");
      session.off();
      assertThat(Files.readString(instance.resolve("tracing_on"))).endsWith("0");
    }
    assertThat(kernel.instances()).containsExactly("foreign");
    // A plain file keeps what is appended: the probe's making, and its removal at the end.
    assertThat(kernel.read("kprobe_events"))
        .startsWith("p:mine/one do_exit\nr:trapline_")
        .contains("-:trapline_")
        .doesNotContain("-:mine");
  }

  @Test
  void onlyWhatKilledOnesLeftIsRemoved() throws IOException {
    Owner self = Owner.self();
    Owner gone = new Owner(self.process(), NEVER, self.namespace());
    Owner elsewhere = new Owner(self.process(), NEVER, self.namespace() + 1);
    for (Owner each : new Owner[] {self, gone, elsewhere}) {
      kernel.make(
          folder
              .resolve("instances")
              .resolve(new InstanceName(each, 7, Map.of("funcgraph-proc", "0")).text()));
    }
    kernel.make(folder.resolve("instances/trapline-of-somebody"));
    PretendTracefs.write(
        folder.resolve("kprobe_events"),
        "r10:trapline_"
            + gone.text('_')
            + "_7/r0 inet_bind arg1=$retval\n"
            + "r10:trapline_"
            + self.text('_')
            + "_7/r0 inet_bind arg1=$retval\n");
    Leftovers.remove(kernel.tracefs());
    assertThat(kernel.instances())
        .hasSize(3)
        .contains("trapline-of-somebody")
        .noneMatch(each -> each.contains(gone.text('-') + "-"));
    assertThat(kernel.read("kprobe_events"))
        .contains("-:trapline_" + gone.text('_') + "_7/r0")
        .doesNotContain("-:trapline_" + self.text('_'));
  }

  @Test
  void namesTellWhoseTheyAre() {
    InstanceName name =
        new InstanceName(new Owner(12, 345, 4026531836L), 2, Map.of("funcgraph-tail", "0"));
    assertThat(name.text()).isEqualTo("trapline-12-345-4026531836-2,funcgraph-tail=0");
    assertThat(InstanceName.parse(name.text())).isEqualTo(name);
    assertThat(InstanceName.ownerOfGroup(name.group())).isEqualTo(name.owner());
    assertThat(InstanceName.parse("trapline-x-1-2-3")).isNull();
    assertThat(InstanceName.parse("other")).isNull();
    assertThat(InstanceName.parse("trapline-1-2-3-4,trace=1").before()).isEmpty();
    assertThat(Owner.self().isGone()).isFalse();
  }
}
