package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelVersion;
import trapline.testing.Command;
import trapline.testing.Tools;

/// The commands `syscall` and `syscalls`, in this process.
@Tag("host")
class SyscallCommandTest {
  private record Run(int status, String out, String err) {}

  @TempDir Path folder;

  private static Run run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            arguments,
            Output.of(out, "test", false),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Run(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static String shown(String... arguments) {
    Run run = run(arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run.out();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "syscall sokcet|no such call: sokcet; did you mean socket?",
        "syscall socketcall --arch x86_64|--arch i386",
        "syscall cachestat --kernel-version 5.10|no x86_64 call cachestat in 5.10.",
        "syscall 99999|no x86_64 call 99999 in",
        "syscall|name a system call, or give its number",
        "syscall socket bind|syscall takes one name or number, not 2",
        "syscall socket --arch vax|--arch vax: no such ABI; there are x86_64, x32, i386",
        "syscall socket --arch x86_46|did you mean x86_64?",
        "syscall socket --kernel new|--kernel-version new: no version, file or directory; indexed"
            + " are 5.10.",
        "syscall socket --jsn|no such option: --jsn; did you mean --json?",
        "syscalls --grep (|--grep (: no regular expression: Unclosed group",
        "syscalls --format xml|--format xml: one of table, tsv, csv, json, markdown",
        "syscalls --diff 6.1|--diff 6.1: two versions as in --diff 6.1..7.3",
        "syscalls --diff 6.1..|--diff 6.1..: two versions",
        "syscalls --diff 6.1..6.5|--diff 6.1..6.5: 6.5 is not indexed; there are 5.10.",
        "syscalls --diff 6.1..6.12 --kernel 6.1|either --kernel-version or --diff, not both",
        "syscalls socket|syscalls takes no argument: socket",
      })
  void badInputIsOneLineAndStatusTwo(String line, String says) {
    Run run = run(line.split(" "));
    assertThat(run.err()).startsWith("trapline: ").contains(says).hasLineCount(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.status()).isEqualTo(2);
  }

  @Test
  void aCallHasItsAbisRegistersAndPrefix() {
    assertThat(shown("syscall", "socket", "--kernel-version", "6.12", "--arch", "x86_64"))
        .startsWith("socket   41 on x86_64")
        .contains("  rdi       int family\n  rsi       int type\n  rdx       int protocol\n")
        .contains("SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)")
        .contains("when CONFIG_NET", "→ __x64_sys_socket", "0x40000029  x32", "359         i386")
        .contains("asmlinkage long sys_socket(int, int, int);", "net/socket.c:17")
        .contains("https://elixir.bootlin.com/linux/v6.12.", "Debian patched the indexed source");
    assertThat(shown("syscall", "sys_newstat", "--arch", "ia32", "--ascii"))
        .startsWith("stat   106 on i386")
        .contains("int $0x80 with eax = 106", "  ebx  ", "-> __ia32_compat_sys_newstat")
        .contains("COMPAT_SYSCALL_DEFINE2(newstat, ")
        .isASCII();
    assertThat(shown("syscall", "0x40000029", "--arch", "x86_64"))
        .startsWith("socket   0x40000029 on x32")
        .contains("rax = 0x40000029");
    assertThat(shown("syscall", "lookup_dcookie", "--kernel-version", "6.18"))
        .contains("reserved: the row names no entry point", "6.12.117 state changed")
        .doesNotContain("patched");
    assertThat(shown("syscall", "clone", "--kernel-version", "6.12"))
        .contains("left out: needs", "CONFIG_CLONE_BACKWARDS3");
  }

  @Test
  void optionsMayFollowTheName() {
    assertThat(shown("syscall", "41", "--json")).isEqualTo(shown("syscall", "--json", "socket"));
    assertThat(shown("syscall", "41", "--json")).startsWith("{\"trapline\":2,\"name\":\"socket\"");
  }

  @Test
  void anotherVersionSaysSo() {
    assertThat(shown("syscall", "read", "--kernel-version", "6.5"))
        .contains("6.5 is not indexed: facts from 6.1.");
    assertThat(shown("syscall", "read", "--kernel-version", "4.19")).contains("facts from 5.10.");
    String running = Command.run("uname", "-r").orFail().strip();
    assertThat(shown("syscall", "read")).contains("running " + running);
    for (KernelVersion version : KernelIndexSet.embedded().versions()) {
      assertThat(shown("syscall", "read", "--kernel-version", version.release()))
          .contains("Linux " + version.text())
          .doesNotContain("is not indexed");
    }
  }

  /// The running kernel's own list says the same of the symbol as a plain search in it.
  @Test
  void theAddressIsTheOneInKallsyms() throws IOException {
    Path kallsyms = Path.of("/proc/kallsyms");
    Tools.requireHost(Files.isReadable(kallsyms), "a readable /proc/kallsyms");
    List<String> line;
    try (var lines = Files.lines(kallsyms)) {
      line = lines.filter(each -> each.endsWith(" __x64_sys_socket")).limit(1).toList();
    }
    Tools.requireHost(!line.isEmpty(), "a kernel with __x64_sys_socket");
    String address = line.getFirst().substring(0, line.getFirst().indexOf(' '));
    assertThat(shown("syscall", "socket", "--arch", "x86_64"))
        .contains(
            address.matches("0+")
                ? "address hidden: kernel.kptr_restrict"
                : "__x64_sys_socket at " + address);
  }

  @Test
  void theTableHasEveryRowAndItsSum() {
    String table = shown("syscalls", "--kernel-version", "6.12", "--arch", "x86_64");
    assertThat(table)
        .contains(" 41  socket(family, type, protocol)", "net/socket.c:17", "– reserved")
        .containsPattern("\n375 calls of x86_64 in 6\\.12\\.117 .*: \\d+ implemented");
    String tsv =
        shown("syscalls", "--kernel-version", "6.12", "--format", "tsv", "--arch", "x86_64");
    assertThat(tsv)
        .startsWith("number\tname\tentry\t")
        .hasLineCount(376)
        .doesNotContain("calls of");
    assertThat(shown("syscalls", "--grep", "^clock_", "--format", "json", "--arch", "x32"))
        .hasLineCount(5)
        .contains("\"abi\":\"x32\"");
    assertThat(shown("syscalls", "--grep", "sys_newstat$", "--format", "markdown"))
        .contains("| 4 | stat |")
        .hasLineCount(3);
    assertThat(shown("syscalls", "--grep", "nothing_has_this")).contains("0 calls of");
  }

  @Test
  void theDifferenceOfTwoVersions() {
    assertThat(shown("syscalls", "--diff", "6.1..6.12", "--arch", "x86_64"))
        .contains("  added\n", "cachestat(", "  entry changed\n")
        .contains("sys_lookup_dcookie → (none)");
    assertThat(shown("syscalls", "--diff", "6.1..6.12", "--grep", "cachestat", "--format", "csv"))
        .startsWith("change,number,name,before,after,implementation\r\nadded,451,cachestat,,")
        .hasLineCount(2);
    assertThat(shown("syscalls", "--diff", "v6.1..6.1")).endsWith("no difference\n");
  }

  @Test
  void manualPagesAreReadAsTheyAreInstalled() throws IOException {
    page("socket.2.gz", ".TH x\n.SH NAME\nsocket \\- create an \\fIendpoint\\fP\n.SH LIBRARY\nx");
    page("other.2.gz", ".so man2/socket.2\n");
    page("loop.2.gz", ".so man2/loop.2\n");
    page("out.2.gz", ".so man2/../../etc/passwd\n");
    page("empty.2.gz", "");
    Files.writeString(folder.resolve("plain.2"), ".SH NAME\nplain \\- as\nit is\n");
    Files.writeString(folder.resolve("broken.2.gz"), "no gzip");
    assertThat(ManualPage.description(folder, "socket")).isEqualTo("create an endpoint");
    assertThat(ManualPage.description(folder, "other")).isEqualTo("create an endpoint");
    assertThat(ManualPage.description(folder, "plain")).isEqualTo("as it is");
    for (String none : List.of("loop", "out", "empty", "broken", "gone", "../socket", "")) {
      assertThat(ManualPage.description(folder, none)).as(none).isEmpty();
    }
  }

  private void page(String file, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(file)))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
