package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.bytes.Bytes;
import trapline.kernel.source.DirectorySource;
import trapline.model.Abi;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.SyscallId;

/// What a journey is told of kernels that show much, little or nothing.
@Tag("unit")
class KernelHopsTest {
  private static final SyscallId SOCKET = new SyscallId(Abi.X86_64, 41);
  private static final KernelIndex INDEX = KernelIndexSet.embedded().series("6.12").orElseThrow();

  @TempDir Path folder;

  @Test
  void withoutARunningKernelTheFactsStand() {
    KernelHops hops = new KernelHops(INDEX, "embedded index", null, RunningKernel.NONE);
    List<Hop> four = hops.hops(SOCKET);

    assertThat(((Hop.KernelEntry) four.get(0)).path().getLast().address()).isZero();
    assertThat(((Hop.KernelEntry) four.get(0)).note()).contains("not asked");
    assertThat(((Hop.Implementation) four.get(3)).confirmation()).isEmpty();
    assertThat(hops.facts().exact()).isFalse();
    assertThat(hops.match().level()).isEqualTo(VersionMatch.Level.UNKNOWN);
    assertThat(hops.name(SOCKET)).contains("socket");
  }

  @Test
  void everyStageOfTheEntryPathHasItsPlaceInTheSource() {
    Hop.KernelEntry entry =
        (Hop.KernelEntry)
            new KernelHops(INDEX, "embedded index", null, RunningKernel.NONE).hops(SOCKET).get(0);

    assertThat(entry.places()).isEqualTo(new Evidence.SourceIndex(INDEX.version().text()));
    assertThat(entry.path().getFirst().place())
        .isEqualTo(INDEX.entryPath(Abi.X86_64, "").stages().getFirst().place());
    assertThat(entry.path().getLast().place())
        .isEqualTo(INDEX.facts(Abi.X86_64, 41).orElseThrow().definitions().getFirst().place());
    assertThat(entry.path()).allMatch(symbol -> symbol.place() != null);
  }

  @Test
  void hiddenAddressesAreSaidToBeHidden() {
    String list =
        """
        0000000000000000 T entry_SYSCALL_64
        0000000000000000 T do_syscall_64
        0000000000000000 t x64_sys_call
        0000000000000000 T __x64_sys_socket
        0000000000000000 T another	[module]
        """;
    Hop.KernelEntry entry = (Hop.KernelEntry) hops(list, "").get(0);

    assertThat(entry.note()).contains("kptr_restrict");
    assertThat(entry.evidence().label()).isEqualTo("symbols");
  }

  @Test
  void aWeakSymbolIsACallThatIsNotBuiltIn() {
    String list = "ffffffff81000010 W __x64_sys_socket\nffffffff81000020 T do_syscall_64";
    List<Hop> four = hops(list, "");

    assertThat(((Hop.Implementation) four.get(3)).confirmation())
        .isEqualTo("not built in (kallsyms: weak stand-in)");
    Hop.KernelEntry entry = (Hop.KernelEntry) four.get(0);
    assertThat(entry.path().get(1).address()).isEqualTo(0xffffffff81000020L);
    assertThat(entry.note()).contains("entry_SYSCALL_64").contains("x64_sys_call");
    assertThat(entry.evidence().label()).isEqualTo("source-index");
  }

  @Test
  void tracepointsThatDifferAreToldInWords() {
    String format =
        """
        name: sys_enter_socket
        ID: 7
        format:
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
        	field:int family;	offset:16;	size:8;	signed:0;
        	field:long type;	offset:24;	size:8;	signed:0;
        	field:int protocol;	offset:32;	size:8;	signed:0;
        """;
    List<Hop> four = hops("ffffffff81000010 T __x64_sys_socket\n", format);

    assertThat(((Hop.Implementation) four.get(3)).confirmation())
        .isEqualTo(
            "built in (kallsyms); argument 2 is long type in the running kernel, int type in the"
                + " source (tracefs)");
  }

  @Test
  void numbersWithoutAnImplementationSayWhy() {
    KernelHops hops = new KernelHops(INDEX, "embedded index", null, RunningKernel.NONE);

    assertThat(missing(hops, 400)).contains("ENOSYS");
    assertThat(missing(hops, 174)).contains("reserved");
    assertThat(missing(hops, 156)).contains("sys_ni_syscall");
    assertThat(((Hop.Missing) hops.hops(new SyscallId(Abi.X86_64, 400)).get(1)).why())
        .contains("no x86_64 call 400");
    assertThat(((Hop.Missing) hops.hops(new SyscallId(Abi.X86_64, 154)).get(2)).why())
        .contains("do not declare sys_modify_ldt");
  }

  @Test
  void theTextIsReadFromATree() throws IOException {
    SyscallDefinition socket = INDEX.facts(Abi.X86_64, 41).orElseThrow().definitions().getFirst();
    Path file = Files.createDirectories(folder.resolve("net")).resolve("socket.c");
    Files.writeString(
        file, "\n".repeat(socket.place().line() - 1) + "SYSCALL_DEFINE3(socket, x)\n{\n}\n\nmore");
    KernelHops hops =
        new KernelHops(INDEX, "tree", new DirectorySource(folder), RunningKernel.NONE);

    assertThat(((Hop.Implementation) hops.hops(SOCKET).get(3)).definitions().getFirst().source())
        .containsExactly("SYSCALL_DEFINE3(socket, x)", "{", "}", "");
    assertThat(SourceText.of(new DirectorySource(folder), socket, 2)).hasSize(2);
    assertThat(SourceText.of(null, socket, 2)).isEmpty();
  }

  private static String missing(KernelHops hops, long number) {
    return ((Hop.Missing) hops.hops(new SyscallId(Abi.X86_64, number)).getLast()).why();
  }

  private static List<Hop> hops(String kallsyms, String format) {
    return new KernelHops(INDEX, "embedded index", null, new Told(kallsyms, format)).hops(SOCKET);
  }

  private record Told(String kallsyms, String format) implements RunningKernel {
    @Override
    public String release() {
      return "6.12.117";
    }

    @Override
    public Kallsyms symbols(Set<String> names) {
      try {
        return Kallsyms.search(
            new ByteArrayInputStream(kallsyms.getBytes(StandardCharsets.UTF_8)), names);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<TracepointFormat> tracepoint(String name) {
      return format.isEmpty()
          ? Optional.empty()
          : Optional.of(
              TracepointFormat.parse(Bytes.of("format", format.getBytes(StandardCharsets.UTF_8))));
    }

    @Override
    public KernelConfig config() {
      return KernelConfig.unknown();
    }
  }
}
