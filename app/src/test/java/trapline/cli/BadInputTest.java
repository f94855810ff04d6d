package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

/// What cannot be followed is refused with one line that says what and what to do.
@Tag("host")
class BadInputTest {
  private static final String HELLO =
      """
      #include <stdio.h>
      int main(void) { printf("hello"); return 0; }
      """;

  @TempDir static Path folder;

  @BeforeAll
  static void files() throws IOException {
    Programs.compile(folder, "hello", HELLO, "-g");
    Programs.compile(folder, "hello.o", HELLO, "-c");
    executable(folder.resolve("hello.o"));
    Programs.compile(folder, "library.so", "int f(void) { return 1; }", "-shared", "-fPIC");
    Programs.compile(folder, "orphan", HELLO, "-Wl,--dynamic-linker=/no/such/ld.so");
    byte[] hello = Files.readAllBytes(folder.resolve("hello"));
    Files.write(folder.resolve("plain"), hello);
    Files.createDirectory(folder.resolve("folder"));
    program("empty", new byte[0]);
    program("text", "echo hello\n".getBytes());
    program("script", "#!/no/such/interpreter\n".getBytes());
    program("nothing", "#!\n".getBytes());
    program("elf32", header(1, 1, 3));
    program("aarch64", header(2, 1, 183));
    program("sparc", header(2, 2, 43));
    program("x32", header(1, 1, 62));
    byte[] core = hello.clone();
    core[16] = 4; // ET_CORE
    program("core", core);
    Files.writeString(folder.resolve("wrong.c"), "int main(void) { return x; }\n");
    Files.writeString(folder.resolve("hello.tar.xz"), "\u00fd7zXZ\0nothing that follows");
    Files.write(folder.resolve("half.tar"), new byte[700]);
  }

  private static void program(String name, byte[] content) throws IOException {
    executable(Files.write(folder.resolve(name), content));
  }

  private static void executable(Path file) {
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /// An ELF header (gABI, chapter 4) and nothing else.
  private static byte[] header(int bits, int order, int machine) {
    ByteBuffer header =
        ByteBuffer.allocate(64).order(order == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    header.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) bits, (byte) order, 1, 0}).putLong(0);
    header.putShort((short) 2).putShort((short) machine).putInt(1);
    return header.array();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        of(3, "no-such-thing: no such program in PATH", "no-such-thing"),
        of(3, "there is a file of that name here: ./hello", "hello"),
        of(3, "./gone: no such file", "./gone"),
        of(3, "./folder: a directory, not a program", "./folder"),
        of(3, "/dev/null: not a regular file", "/dev/null"),
        of(3, "./plain: not executable; chmod +x ./plain", "./plain"),
        of(3, "./empty: an empty file, not a program", "./empty"),
        of(3, "a script names its interpreter in the first line (#!/bin/sh)", "./text"),
        of(3, "./script: its interpreter /no/such/interpreter does not exist", "./script"),
        of(3, "./nothing: its interpreter", "./nothing"),
        of(3, "./elf32: 32-bit ELF for i386; Trapline follows 64-bit", "./elf32"),
        of(3, "./aarch64: 64-bit ELF for aarch64", "./aarch64"),
        of(3, "64-bit big-endian ELF for", "./sparc"),
        of(3, "the x32 ABI", "./x32"),
        of(3, "./hello.o: an ELF file, but not a program: relocatable", "./hello.o"),
        of(3, "./core: an ELF file, but not a program: core", "./core"),
        of(3, "./library.so: a shared library, not a program", "./library.so"),
        of(3, "needs the dynamic linker /no/such/ld.so, which is not installed", "./orphan"),
        of(3, "gone.c: no such file to compile", "gone.c"),
        of(2, "--call sokcet: no such system call; did you mean socket?", "--call", "sokcet", "x"),
        of(2, "printf is no system call", "--call", "printf", "./hello"),
        of(2, "--call has an empty name", "--call", "", "./hello"),
        of(2, "--call has an empty name", "--call", "read,,write", "./hello"),
        of(2, "name a program to follow"),
        of(2, "either a program or -p, not both", "-p", "1", "./hello"),
        of(2, "-p 0: a process id is a number of 1 or more", "-p", "0"),
        of(2, "'many' is not", "-p", "many"),
        of(2, "--steps=most: either --steps or --steps=all", "--steps=most", "./hello"),
        of(2, "-s takes a number of 0 or more", "-s", "-1", "./hello"),
        of(2, "no such option: --cal; did you mean --call?", "--cal", "./hello"),
        of(3, "-p 4194303: no such process", "-p", "4194303"),
        of(6, "-o /no/such/file", "-o", "/no/such/file", "./hello"),
        of(6, "-o /dev/full: cannot be written to", "-o", "/dev/full", "./hello"),
        of(6, "--kernel-source /no/such: no such", "--kernel-source", "/no/such", "./hello"),
        of(6, "no kernel source: it has no top Makefile", "--kernel-source", "folder", "./hello"),
        of(6, "name an unpacked kernel tree", "--kernel-source", "hello", "./hello"),
        of(6, "name an unpacked kernel tree", "--kernel-source", "empty", "./hello"),
        of(6, "name an unpacked kernel tree", "--kernel-source", "hello.tar.xz", "./hello"),
        of(6, "name an unpacked kernel tree", "--kernel-source", "half.tar", "./hello"));
  }

  private static Arguments of(int status, String line, String... arguments) {
    return Arguments.of(status, line, List.of(arguments));
  }

  @ParameterizedTest
  @MethodSource
  void refused(int status, String line, List<String> arguments) {
    Command run = Cli.run(folder, with("follow", arguments));
    assertThat(run.err()).contains(line).startsWith("trapline: ").hasLineCount(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.status()).isEqualTo(status);
  }

  private static String[] with(String command, List<String> arguments) {
    return Stream.concat(Stream.of(command), arguments.stream()).toArray(String[]::new);
  }

  @Test
  void theRootSaysWhatThereIs() {
    assertRoot(2, "no such command: folow; did you mean follow?", "folow", "./hello");
    assertRoot(2, "to follow that program: trapline follow ./hello", "./hello");
    assertRoot(2, "no such option: --bogus; trapline --help", "--bogus");
    assertRoot(2, "doctor takes no argument: x", "doctor", "x");
    assertRoot(2, "Usage: trapline");
    Command version = Cli.run(folder, "--version");
    // These classes run without having been packaged, which is what states the version.
    assertThat(version.orFail()).matches("trapline ([0-9.]+|\\(not packaged\\))\n");
    assertThat(Cli.run(folder, "--help").orFail()).contains("follow", "doctor");
    assertThat(Cli.run(folder, "follow", "--help").orFail()).contains("--kernel-source");
  }

  @Test
  void callsCanBeNamedAsForStrace() {
    for (String expression : List.of("trace=getppid", "getppid")) {
      Command strace = Cli.run(folder, "follow", "-e", expression, "sh", "-c", "echo $PPID");
      assertThat(strace.orFail()).contains("getppid() = ");
    }
    for (String other :
        List.of("trace=%file", "trace=!read", "signal=none", "trace=/get", "trace=")) {
      Command refused = Cli.run(folder, "follow", "-e", other, "true");
      assertThat(refused.status()).isEqualTo(ExitStatus.USAGE);
      assertThat(refused.err()).startsWith("trapline: -e " + other + ": only").hasLineCount(1);
    }
  }

  @Test
  void oldNamesOfOptionsWorkAndAreNotShown() {
    for (String command : List.of("follow", "why", "syscall", "syscalls")) {
      String help = Cli.run(folder, command, "--help").orFail();
      assertThat(help).doesNotContainPattern("--(kernel|image|include|install)[ =]");
    }
    assertThat(Cli.run(folder, "syscalls", "--kernel", "6.1", "--grep", "^socket$").orFail())
        .isEqualTo(
            Cli.run(folder, "syscalls", "--kernel-version", "6.1", "--grep", "^socket$").orFail());
    Command both = Cli.run(folder, "why", "--kernel", "off", "--include", "/no/such", "true");
    assertThat(both.err()).startsWith("trapline: --guest-file /no/such: no such").hasLineCount(1);
    assertThat(Cli.run(folder, "follow", "--pid", "0").err()).contains("-p").hasLineCount(1);
  }

  private static void assertRoot(int status, String line, String... arguments) {
    Command run = Cli.run(folder, arguments);
    assertThat(run.err()).contains(line);
    assertThat(run.out()).isEmpty();
    assertThat(run.status()).isEqualTo(status);
  }

  @Test
  void whatTheCompilerSaysIsShownAsItIs() {
    Command direct = Command.runIn(folder, List.of("cc", "-g", "-o", "/dev/null", "wrong.c"));
    assertThat(direct.err()).contains("error:");
    Command run = Cli.run(folder, "follow", "wrong.c");
    assertThat(run.err())
        .startsWith("$ cc -g -o /tmp/trapline-")
        .contains(direct.err())
        .endsWith("trapline: wrong.c: cc failed with exit status 1\n");
    assertThat(run.status()).isEqualTo(3);
  }

  @Test
  void withoutACompilerItSaysHowToGetOne() {
    Command run =
        Cli.shell(folder, "PATH=/no/such \"$@\"", "follow", folder.resolve("wrong.c").toString());
    assertThat(run.err()).contains("wrong.c: cannot be compiled", "apt-get install gcc");
    assertThat(run.status()).isEqualTo(3);
  }

  @Test
  void aScriptAndALibraryThatIsAProgramWork() throws IOException {
    program("good", "#!/bin/sh\necho good\n".getBytes());
    Command script = Cli.run(folder, "follow", "--call", "write", "./good");
    assertThat(script.status()).isZero();
    assertThat(script.out()).contains("good").contains("write(fd: 1");
    Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
    if (Files.isExecutable(libc)) {
      Command library = Cli.run(folder, "follow", "--call", "exit_group", libc.toString());
      assertThat(library.status()).isZero();
      assertThat(library.out()).contains("exit_group(error_code: 0)");
    }
  }

  @Test
  void callsThatNeverComeAreExplained() {
    Command open = Cli.run(folder, "follow", "--call", "open", "./hello");
    assertThat(open.err()).contains("ended without making open", "openat");
    assertThat(open.status()).isEqualTo(1);
    Command socket = Cli.run(folder, "follow", "--call", "write,socket", "./hello");
    assertThat(socket.err()).isEqualTo("trapline: ./hello ended without making socket\n");
    assertThat(socket.out()).contains("write(fd: 1");
    assertThat(socket.status()).isEqualTo(1);
    Programs.compile(
        folder,
        "clock",
        "#include <time.h>\nint main(void) { struct timespec t; return clock_gettime(0, &t); }");
    Command clock = Cli.run(folder, "follow", "--call", "clock_gettime", "./clock");
    assertThat(clock.err()).contains("the vDSO answers it in user mode, without a trap");
    assertThat(clock.status()).isEqualTo(1);
  }

  @Test
  void closedOutputEndsTheRunInSilence() {
    Command head =
        Cli.shell(
            folder,
            "\"$@\" | head -1; echo ${PIPESTATUS[0]}; pgrep -x -P $$ sleep",
            "follow",
            "sleep",
            "61");
    assertThat(head.out()).contains(" calls before the program's own code: ").endsWith("\n141\n");
    assertThat(head.err()).isEmpty();
    Command closed = Cli.shell(folder, "\"$@\" >&-", "follow", "./hello");
    assertThat(closed.err()).contains("standard output: cannot be written to").hasLineCount(1);
    assertThat(closed.status()).isEqualTo(6);
  }
}
