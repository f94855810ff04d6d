package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.testing.Command;
import trapline.testing.Programs;

/// Whatever a name holds, nothing that a terminal would act on reaches the standard streams.
@Tag("host")
class HostileTextTest {
  /// Turns red, sets the title, a C1 introducer, turns the direction of writing, starts a line.
  private static final String EVIL = "\u001b[31m\u001b]0;t\u0007\u009b5m\u202eabc\ntrapline: ok";

  /// Each of them harmless now.
  private static final String HARMLESS =
      "\\x1b[31m\\x1b]0;t\\x07\\x9b5m\\u{202e}abc\\ntrapline: ok";

  @TempDir static Path folder;

  private record Run(int status, String out, String err) {
    String all() {
      return out + err;
    }
  }

  @BeforeAll
  static void files() throws IOException {
    write("text" + EVIL, "no program\n");
    write("script" + EVIL, "#!/no/" + EVIL.replace('\n', '-') + "\n");
    write("damaged" + EVIL, "\u007fELF");
    write("broken" + EVIL + ".deb", "!<arch>\nno member");
    write("small" + EVIL + ".tar", "no tar");
    Path tree = Files.createDirectories(folder.resolve("tree" + EVIL));
    Files.writeString(
        tree.resolve("Makefile"),
        "VERSION = 6\u001b[31m\nPATCHLEVEL = 1\u001b[31m\nSUBLEVEL = 2\u009b\nEXTRAVERSION =\n");
    Files.createDirectories(tree.resolve("fs" + EVIL));
    Files.writeString(
        tree.resolve("fs" + EVIL).resolve("a.c"), "SYSCALL_DEFINE1(a\u001b[31m, int, b)\n{\n}\n");
    Files.writeString(tree.resolve("Kbuild"), "obj-y += \u001b[31m.o\n");
    Files.writeString(tree.resolve("Kconfig"), "source \"\u001b[31m\"\n");
    Path table = Files.createDirectories(tree.resolve("arch/x86/entry/syscalls"));
    Files.writeString(
        table.resolve("syscall_64.tbl"), "0\tcommon\tread\u001b[31m\tsys_read\u001b[31m\n");
  }

  private static void write(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  static Stream<Arguments> routes() {
    String in = folder + "/";
    return Stream.of(
        of("follow", EVIL),
        of("follow", "./" + EVIL),
        of("follow", EVIL + ".c"),
        of("follow", in + "text" + EVIL),
        of("follow", in + "script" + EVIL),
        of("follow", in + "damaged" + EVIL),
        of("follow", in + "tree" + EVIL),
        of("follow", "--call", EVIL, "true"),
        of("follow", "--call", "read," + EVIL, "true"),
        of("follow", "-p", EVIL),
        of("follow", "-s", EVIL, "true"),
        of("follow", "-o", "/no/" + EVIL, "true"),
        of("follow", "--" + EVIL, "true"),
        of("follow", "--steps=" + EVIL, "true"),
        of("follow", "--observe", EVIL, "true"),
        of("follow", "--observe", "vm", "--guest-kernel", in + EVIL, "true"),
        of("follow", "--kernel-source", in + EVIL, "true"),
        of("follow", "--kernel-source", in + "tree" + EVIL, "true"),
        of("follow", "--kernel-source", in + "text" + EVIL, "true"),
        of("follow", "--libc", EVIL, "true"),
        of("why", EVIL),
        of("why", "--call", EVIL, "true"),
        of("why", "--guest-kernel", in + "broken" + EVIL + ".deb", "true"),
        of("why", "--guest-kernel", in + "text" + EVIL, "true"),
        of("why", "--guest-file", in + EVIL, "true"),
        of("syscall", EVIL),
        of("syscall", "read", "--arch", EVIL),
        of("syscall", "read", "--kernel-version", EVIL),
        of("syscalls", "--grep", EVIL),
        of("syscalls", "--grep", "(" + EVIL),
        of("syscalls", "--format", EVIL),
        of("syscalls", "--diff", EVIL + ".." + EVIL),
        of("syscalls", "--kernel-version", in + "tree" + EVIL),
        of("index", in + EVIL),
        of("index", in + "text" + EVIL),
        of("index", in + "small" + EVIL + ".tar"),
        of("index", in + "tree" + EVIL, "-o", in + "index"),
        of("index", in + "tree" + EVIL, "-o", "/no/" + EVIL),
        of("libc", EVIL),
        of("libc", "remove", EVIL),
        of("libc", "flags", EVIL),
        of("libc", "cc", EVIL, "x.c"),
        of("libc", "build", in + EVIL),
        of("libc", "build", in + "text" + EVIL),
        of("doctor", EVIL),
        of(EVIL),
        of("--" + EVIL));
  }

  private static Arguments of(String... arguments) {
    return Arguments.of(List.of(arguments));
  }

  @ParameterizedTest
  @MethodSource("routes")
  void nothingIsActedOn(List<String> arguments) {
    Run run = run(arguments);
    assertHarmless(run.all());
    assertThat(run.all()).isNotEmpty();
  }

  @Test
  void whatWasEscapedIsStillTold() {
    assertThat(run(List.of("follow", "./" + EVIL)).err()).contains(HARMLESS);
  }

  @Test
  void aMessageStaysOneLine() {
    for (String option : List.of("--call", "--kernel-source", "-o", "--libc")) {
      assertThat(run(List.of("follow", option, "/no/" + EVIL, "true")).err()).hasLineCount(1);
    }
  }

  @Test
  void reportsOfHostileProgramsAreHarmless() throws IOException {
    String name = "prog" + EVIL;
    Path program =
        Programs.compile(
            folder,
            "hostile",
            """
            #include <sys/prctl.h>
            #include <fcntl.h>
            #include <unistd.h>
            int main(int n, char **a) {
              prctl(PR_SET_NAME, "\\x1b[31m\\x9b" "x");
              open(a[0], 0);
              int d = open("/", 0);
              char b[4096];
              readlink("/proc/self/exe", b, sizeof b);
              return d < 0;
            }
            """,
            "-g");
    Files.move(program, folder.resolve(name));
    for (String option : List.of("--all", "--json", "--steps")) {
      Command run = Cli.run(folder, "follow", option, "./" + name);
      assertHarmless(run.out() + run.err());
      assertThat(run.status()).as(run.err()).isZero();
    }
  }

  @Test
  void aDynamicLinkersNameIsHarmless() {
    Programs.compile(
        folder,
        "orphan",
        "int main(void) { return 0; }",
        "-Wl,--dynamic-linker=/no/" + EVIL.replace('\n', '-'));
    assertHarmless(run(List.of("follow", folder + "/orphan")).all());
  }

  private static void assertHarmless(String text) {
    assertThat(text.codePoints().filter(HostileTextTest::isActedOn).toArray()).as(text).isEmpty();
    assertThat(text.lines().filter("trapline: ok"::equals)).isEmpty();
  }

  private static boolean isActedOn(int codePoint) {
    int type = Character.getType(codePoint);
    return codePoint != '\n' && (type == Character.CONTROL || type == Character.FORMAT);
  }

  private static Run run(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Output output = Output.of(out, "test", false);
    int status =
        Main.run(
            arguments.toArray(String[]::new),
            output,
            new PrintStream(err, true, StandardCharsets.UTF_8));
    output.flush();
    return new Run(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
