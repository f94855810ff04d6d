package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.bytes.Bytes;
import trapline.model.Abi;
import trapline.model.Hop;
import trapline.model.SyscallId;

/// What a running kernel's configuration says of the definitions of a source.
@Tag("host")
class RunningCallTest {
  private static final KernelIndex INDEX = KernelIndexSet.embedded().series("6.12").orElseThrow();
  private static final Abi X86_64 = Abi.X86_64;
  private static final String TIMERS = "CONFIG_MMU=y\nCONFIG_64BIT=y\nCONFIG_POSIX_TIMERS=y\n";
  private static final String NO_TIMERS =
      "CONFIG_MMU=y\nCONFIG_64BIT=y\n# CONFIG_POSIX_TIMERS is not set\n";

  @Test
  void ofTwoDefinitionsTheBuiltOneIsMarked() {
    RunningCall with = call(228, "6.12.1", TIMERS, true);
    RunningCall without = call(228, "6.12.1", NO_TIMERS, true);

    assertThat(built(with)).containsExactly("kernel/time/posix-timers.c");
    assertThat(notBuilt(with)).containsExactly("kernel/time/posix-stubs.c");
    assertThat(built(without)).containsExactly("kernel/time/posix-stubs.c");
    assertThat(notBuilt(without)).containsExactly("kernel/time/posix-timers.c");
    assertThat(with.configFrom()).isEqualTo("/proc/config.gz");
    assertThat(with.settings()).containsEntry("CONFIG_POSIX_TIMERS", "y");
  }

  @Test
  void aConfigurationOfAnotherSeriesMarksNothing() {
    assertThat(built(call(228, "6.18.1", TIMERS, false))).isEmpty();
    assertThat(notBuilt(call(228, "6.18.1", TIMERS, false))).isEmpty();
    assertThat(built(call(228, "6.12.1", "", true))).isEmpty();
    assertThat(notBuilt(call(228, "6.12.1", "", true))).isEmpty();
    assertThat(call(228, "6.12.1", "", true).configFrom()).isEmpty();
  }

  @Test
  void aCallThatNeedsNothingAsksForNoConfiguration() {
    SyscallFacts read = INDEX.facts(Abi.X86_64, 0).orElseThrow();

    assertThat(RunningCall.dependsOnConfig(read)).isFalse();
    assertThat(call(0, "6.12.1", TIMERS, true).configFrom()).isEmpty();
  }

  @Test
  void theJourneyMarksTheDefinition() {
    assertThat(hop("6.12.1", TIMERS).definitions())
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.place().file()).isEqualTo("kernel/time/posix-timers.c");
              assertThat(d.built()).isEqualTo(new Hop.Built(true, "/proc/config.gz"));
            });
    assertThat(hop("6.12.1", NO_TIMERS).definitions())
        .singleElement()
        .satisfies(d -> assertThat(d.place().file()).isEqualTo("kernel/time/posix-stubs.c"));
    assertThat(hop("6.18.1", TIMERS).definitions()).allSatisfy(d -> assertThat(d.built()).isNull());
    assertThat(hop("6.12.1", "").definitions()).allSatisfy(d -> assertThat(d.built()).isNull());
    Hop.Implementation none =
        (Hop.Implementation)
            new KernelHops(INDEX, "", null, new Told("6.12.1", "CONFIG_MMU=y\nCONFIG_64BIT=y\n"))
                .hops(new SyscallId(Abi.X86_64, 41))
                .getLast();
    assertThat(none.definitions().getFirst().built())
        .isEqualTo(new Hop.Built(false, "/proc/config.gz"));
  }

  @ParameterizedTest
  @CsvSource({
    "x32,1,# CONFIG_X86_X32_ABI is not set,ABI not built in,NOT_CONFIGURED",
    "x32,514,CONFIG_COMPAT=y,ABI not built in,NOT_CONFIGURED",
    "x32,1,CONFIG_X86_X32_ABI=y,not known,IMPLEMENTED",
    "x32,1,CONFIG_X86_X32=y,not known,IMPLEMENTED",
    "i386,4,# CONFIG_IA32_EMULATION is not set,ABI not built in,NOT_CONFIGURED",
    "i386,4,CONFIG_IA32_EMULATION=y,not known,IMPLEMENTED",
    "x86_64,1,CONFIG_64BIT=y,not known,IMPLEMENTED"
  })
  void anAbiHasAGateOfItsOwn(
      String label, int number, String config, String presence, SyscallState state) {
    Abi abi = Abi.named(label).orElseThrow();
    Told running = new Told("6.12.1", config + "\nCONFIG_MMU=y\n");
    SyscallFacts facts = INDEX.facts(abi, abi.passed(number), running.config()).orElseThrow();
    RunningCall call = RunningCall.of(facts, running, true);

    assertThat(call.presence().label()).isEqualTo(presence);
    assertThat(facts.state()).isEqualTo(state);
    assertThat(RunningCall.dependsOnConfig(facts)).isEqualTo(!label.equals("x86_64"));
    Hop.Implementation hop =
        (Hop.Implementation)
            new KernelHops(INDEX, "", null, running).hops(new SyscallId(abi, number)).getLast();
    assertThat(hop.confirmation().contains("built without " + label))
        .isEqualTo(presence.startsWith("ABI"));
  }

  /// A kernel that does not show its configuration shows its symbols.
  @Test
  void anAbiIsKnownByItsSymbols() {
    String without = "ffffffff81000000 T __x64_sys_write\nffffffff81000010 T __ia32_sys_write\n";
    String with = without + "ffffffff81000020 T __x64_compat_sys_ioctl\n";
    SyscallFacts facts = INDEX.facts(Abi.X32, 1).orElseThrow();

    RunningCall absent = RunningCall.of(facts, new Symbols(without), true);
    assertThat(absent.presence()).isEqualTo(RunningCall.Presence.NO_ABI);
    assertThat(absent.reason()).contains("no symbol __x64_compat_sys_ioctl");
    assertThat(RunningCall.of(facts, new Symbols(with), true).presence())
        .isEqualTo(RunningCall.Presence.BUILT_IN);
    SyscallFacts native64 = INDEX.facts(Abi.X86_64, 1).orElseThrow();
    assertThat(RunningCall.of(native64, new Symbols(without), true).presence())
        .isEqualTo(RunningCall.Presence.BUILT_IN);
  }

  /// A kernel that shows its symbols and nothing else.
  private record Symbols(String text) implements RunningKernel {
    @Override
    public String release() {
      return "6.12.1";
    }

    @Override
    public Kallsyms symbols(Set<String> names) {
      try {
        byte[] list = text.getBytes(StandardCharsets.UTF_8);
        return Kallsyms.search(new ByteArrayInputStream(list), names);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<TracepointFormat> tracepoint(String name) {
      return Optional.empty();
    }

    @Override
    public KernelConfig config() {
      return KernelConfig.unknown();
    }
  }

  private static Hop.Implementation hop(String release, String config) {
    KernelHops hops = new KernelHops(INDEX, "", null, new Told(release, config));
    return (Hop.Implementation) hops.hops(new SyscallId(Abi.X86_64, 228)).getLast();
  }

  private static RunningCall call(int number, String release, String config, boolean own) {
    Told running = new Told(release, config);
    SyscallRow row = INDEX.row(X86_64, number).orElseThrow();
    return RunningCall.of(INDEX.facts(X86_64, row, running.config()), running, own);
  }

  private static List<String> built(RunningCall call) {
    return files(call, true);
  }

  private static List<String> notBuilt(RunningCall call) {
    return files(call, false);
  }

  private static List<String> files(RunningCall call, boolean built) {
    return INDEX.definitionsOf("sys_clock_gettime").stream()
        .filter(each -> call.built(each).equals(Optional.of(built)))
        .map(each -> each.place().file())
        .toList();
  }

  /// A kernel that shows its configuration and nothing else.
  private record Told(String release, String text) implements RunningKernel {
    @Override
    public Kallsyms symbols(Set<String> names) {
      return Kallsyms.unavailable("not asked");
    }

    @Override
    public Optional<TracepointFormat> tracepoint(String name) {
      return Optional.empty();
    }

    @Override
    public KernelConfig config() {
      return text.isEmpty()
          ? KernelConfig.unknown()
          : KernelConfig.parse(Bytes.of("/proc/config.gz", text.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
