package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.model.Abi;
import trapline.model.Hop;
import trapline.model.SyscallId;
import trapline.testing.Command;
import trapline.testing.Tools;

/// The index against the kernel that runs the tests.
@Tag("host")
class RunningKernelTest {
  private static final Path EVENTS = Path.of("/sys/kernel/tracing/events/syscalls");

  @Test
  void signaturesEqualTheTracepoints() throws IOException {
    Tools.requireHost(Files.isDirectory(EVENTS), "tracefs at /sys/kernel/tracing (as root)");
    KernelIndex index = KernelIndexSet.embedded().nearest(release());
    int compared = 0;
    int equal = 0;
    List<String> differences = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (SyscallRow row : index.rows(Abi.X86_64)) {
      SyscallFacts facts = index.facts(Abi.X86_64, row.number()).orElseThrow();
      if (facts.state() != SyscallState.IMPLEMENTED) {
        continue;
      }
      Path file = EVENTS.resolve("sys_enter_" + facts.entry().substring(4)).resolve("format");
      if (!Files.exists(file)) {
        without.add(facts.entry());
        continue;
      }
      TracepointFormat format = TracepointFormat.parse(bytes(file));
      List<String> found = format.differences(facts.definitions().getFirst());
      compared++;
      equal += found.isEmpty() ? 1 : 0;
      found.forEach(text -> differences.add(facts.entry() + ": " + text));
    }
    System.out.println(
        "tracefs of "
            + release()
            + ": "
            + equal
            + " of "
            + compared
            + " signatures equal the index's; without a tracepoint "
            + without
            + "; differences "
            + differences);

    assertThat(compared).isGreaterThan(200);
    if (KernelIndexSet.embedded().nearest(release()).match(release(), "").level()
        != VersionMatch.Level.OTHER) {
      assertThat(differences).isEmpty();
    }
    // Another series may have changed a few signatures; a wrong reader would change most.
    assertThat(equal).isGreaterThanOrEqualTo(compared * 95 / 100);
  }

  @Test
  void symbolsEqualGreps() throws IOException {
    Path list = Path.of("/proc/kallsyms");
    Tools.requireHost(Files.isReadable(list), "/proc/kallsyms");
    Set<String> wanted =
        Set.of("__x64_sys_socket", "do_syscall_64", "entry_SYSCALL_64", "no_such_symbol_at_all");
    Kallsyms symbols;
    try (InputStream in = Files.newInputStream(list)) {
      symbols = Kallsyms.search(in, wanted);
    }
    for (String name : wanted) {
      String line =
          Command.run("grep", "-m1", "-E", "^[0-9a-f]+ . " + name + "$", list.toString())
              .out()
              .trim();
      Optional<Kallsyms.Symbol> symbol = symbols.symbol(name);
      if (line.isEmpty()) {
        assertThat(symbol).isEmpty();
      } else {
        String[] words = line.split(" ");
        assertThat(symbol).isPresent();
        assertThat(symbol.get().address()).isEqualTo(Long.parseUnsignedLong(words[0], 16));
        assertThat(symbol.get().type()).isEqualTo(words[1].charAt(0));
      }
    }
  }

  @Test
  void theConfigurationEqualsZgreps() throws IOException {
    Path file = Path.of("/proc/config.gz");
    Tools.requireHost(Files.isReadable(file), "/proc/config.gz (CONFIG_IKCONFIG_PROC)");
    KernelConfig config;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      config = KernelConfig.parse(Bytes.of("config", in.readAllBytes()));
    }
    int seen = 0;
    for (String line : Command.run("zcat", file.toString()).orFail().split("\n")) {
      if (line.startsWith("CONFIG_") && line.endsWith("=y")) {
        assertThat(config.value(line.substring(0, line.length() - 2)))
            .isEqualTo(KernelConfig.Value.BUILT_IN);
        seen++;
      } else if (line.startsWith("CONFIG_") && line.endsWith("=m")) {
        assertThat(config.value(line.substring(0, line.length() - 2)))
            .isEqualTo(KernelConfig.Value.MODULE);
      } else if (line.startsWith("# CONFIG_") && line.endsWith(" is not set")) {
        assertThat(config.value(line.substring(2, line.indexOf(' ', 2))))
            .isEqualTo(KernelConfig.Value.OFF);
      }
    }
    assertThat(seen).isGreaterThan(100);
  }

  /// What the configuration says of gates and conditions, and what the linker made of them.
  @Test
  void gatesUnderTheRunningConfigurationEqualTheSymbols() throws IOException {
    Path file = Path.of("/proc/config.gz");
    Path list = Path.of("/proc/kallsyms");
    Tools.requireHost(Files.isReadable(file), "/proc/config.gz (CONFIG_IKCONFIG_PROC)");
    Tools.requireHost(Files.isReadable(list), "/proc/kallsyms");
    KernelConfig config;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      config = KernelConfig.parse(Bytes.of("config", in.readAllBytes()));
    }
    KernelIndex index = KernelIndexSet.embedded().nearest(release());
    Set<String> wanted = new HashSet<>();
    for (SyscallRow row : index.rows(Abi.X86_64)) {
      wanted.add("__x64_" + row.entry());
    }
    Kallsyms symbols;
    try (InputStream in = Files.newInputStream(list)) {
      symbols = Kallsyms.search(in, wanted);
    }
    int in = 0;
    int out = 0;
    List<String> differences = new ArrayList<>();
    for (SyscallRow row : index.rows(Abi.X86_64)) {
      SyscallFacts facts = index.facts(Abi.X86_64, row.number(), config).orElseThrow();
      Optional<Kallsyms.Symbol> symbol = symbols.symbol(facts.symbol());
      boolean builtIn = symbol.isPresent() && symbol.get().type() != 'W';
      if (facts.state() == SyscallState.IMPLEMENTED && builtIn) {
        in++;
      } else if (facts.state() == SyscallState.NOT_CONFIGURED && !builtIn) {
        out++;
      } else if (!facts.entry().isEmpty() && facts.state() != SyscallState.NOT_IMPLEMENTED) {
        differences.add(facts.entry() + " " + facts.state() + " " + symbol);
      }
    }
    System.out.println(
        "configuration and symbols of "
            + release()
            + " agree on "
            + in
            + " calls built in and "
            + out
            + " left out; differences "
            + differences);

    if (index.match(release(), "").level() == VersionMatch.Level.OTHER) {
      assertThat(differences).hasSizeLessThan(10);
    } else {
      assertThat(differences).isEmpty();
    }
    assertThat(in).isGreaterThan(200);
  }

  @Test
  void theHopsOfSocketAreConfirmed() {
    Tools.requireHost(Files.isReadable(Path.of("/proc/kallsyms")), "/proc/kallsyms");
    KernelHops hops =
        new KernelHops(
            KernelIndexSet.embedded().nearest(release()), "embedded index", null, new Live());
    List<Hop> four = hops.hops(new SyscallId(Abi.X86_64, 41));
    System.out.println(hops.match().sentence() + "\n" + four);

    assertThat(four).hasSize(4);
    Hop.KernelEntry entry = (Hop.KernelEntry) four.get(0);
    assertThat(entry.path().stream().map(Hop.KernelSymbol::name))
        .containsExactly("entry_SYSCALL_64", "do_syscall_64", "x64_sys_call", "__x64_sys_socket");
    assertThat(((Hop.TableRow) four.get(1)).entry()).isEqualTo("sys_socket");
    assertThat(((Hop.Declaration) four.get(2)).declarations()).hasSize(1);
    Hop.Implementation implementation = (Hop.Implementation) four.get(3);
    assertThat(implementation.definitions().getFirst().gates()).containsExactly("CONFIG_NET");
    assertThat(implementation.confirmation()).contains("built in (kallsyms)");
    if (Files.isDirectory(EVENTS)) {
      assertThat(implementation.confirmation()).contains("arguments equal sys_enter_socket");
    }
  }

  @Test
  void aCallThatIsNotBuiltInIsSaidToBeSo() throws IOException {
    Path list = Path.of("/proc/kallsyms");
    Tools.requireHost(Files.isReadable(list), "/proc/kallsyms");
    List<String> weak = new ArrayList<>();
    for (String line :
        Command.run("grep", "-E", "^[0-9a-f]+ W __x64_sys_[a-z0-9_]+$", list.toString())
            .out()
            .split("\n")) {
      weak.add(line.substring(line.lastIndexOf(' ') + 1));
    }
    KernelHops hops =
        new KernelHops(
            KernelIndexSet.embedded().nearest(release()), "embedded index", null, new Live());
    int checked = 0;
    for (SyscallRow row : KernelIndexSet.embedded().nearest(release()).rows(Abi.X86_64)) {
      if (checked < 3 && weak.contains("__x64_" + row.entry())) {
        Hop hop = hops.hops(new SyscallId(Abi.X86_64, row.number())).getLast();
        assertThat(((Hop.Implementation) hop).confirmation())
            .contains("not built in (kallsyms: weak stand-in)");
        checked++;
      }
    }
    Tools.requireHost(checked > 0, "a kernel that leaves out some system call");
  }

  private static Bytes bytes(Path file) throws IOException {
    return Bytes.of(file.toString(), Files.readAllBytes(file));
  }

  private static String release() {
    return Command.run("uname", "-r").orFail().trim();
  }

  /// Reads the kernel that runs, as the linux module does.
  private static final class Live implements RunningKernel {
    @Override
    public String release() {
      return RunningKernelTest.release();
    }

    @Override
    public Kallsyms symbols(Set<String> names) {
      try (InputStream in = Files.newInputStream(Path.of("/proc/kallsyms"))) {
        return Kallsyms.search(in, new HashSet<>(names));
      } catch (IOException e) {
        return Kallsyms.unavailable(e.toString());
      }
    }

    @Override
    public Optional<TracepointFormat> tracepoint(String name) {
      Path file = EVENTS.resolve(name).resolve("format");
      try {
        return Files.exists(file)
            ? Optional.of(TracepointFormat.parse(bytes(file)))
            : Optional.empty();
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    @Override
    public KernelConfig config() {
      return KernelConfig.unknown();
    }
  }
}
