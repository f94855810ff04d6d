package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.index.CachedIndex;
import trapline.testing.Command;
import trapline.testing.TarHeader;
import trapline.testing.Tools;

/// `trapline index`, its cache, and that nothing half-written is left.
@Tag("host")
class IndexCommandTest {
  private static final String TABLE = "tree/arch/x86/entry/syscalls/syscall_64.tbl";

  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException, InterruptedException {
    write("tree/Makefile", "VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 3\nobj-y += net/ arch/x86/\n");
    write("tree/net/Makefile", "obj-y += socket.o\n");
    write(
        "tree/net/socket.c",
        "SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)\n{\n}\n");
    write("tree/kernel/sys_ni.c", "COND_SYSCALL(socket);\n");
    write("tree/include/linux/syscalls.h", "asmlinkage long sys_socket(int, int, int);\n");
    write("tree/arch/x86/Kbuild", "obj-y += entry/\n");
    write("tree/arch/x86/entry/Makefile", "obj-y += entry.o\n");
    write(
        "tree/arch/x86/entry/entry.S",
        """
        SYM_CODE_START(entry_all)
        	call x64_sys_call
        	call x32_sys_call
        	call ia32_sys_call
        SYM_CODE_END(entry_all)
        SYM_FUNC_START(x64_sys_call)
        SYM_FUNC_START(x32_sys_call)
        SYM_FUNC_START(ia32_sys_call)
        """);
    write(
        "tree/arch/x86/kernel/cpu/common.c",
        "f() { w(MSR_LSTAR, entry_all); w(MSR_CSTAR, entry_all); "
            + "w(MSR_IA32_SYSENTER_EIP, entry_all); }\n");
    write("tree/arch/x86/kernel/idt.c", "x[] = { S(IA32_SYSCALL_VECTOR, entry_all) };\n");
    StringBuilder rows = new StringBuilder("41 common socket sys_socket\n");
    for (int i = 1000; i < 4000; i++) {
      rows.append(i)
          .append(" common some_long_name_")
          .append(i)
          .append(" sys_x")
          .append(i)
          .append('\n');
    }
    write(TABLE, rows.toString());
    write("tree/arch/x86/entry/syscalls/syscall_32.tbl", "359 i386 socket sys_socket\n");
    Command.runIn(folder, List.of("tar", "-cJf", "tree.tar.xz", "tree")).orFail();
    write("empty/x", "");
    write("text", "no index\n");
    Thread.sleep(50); // the clock of change times ticks
  }

  private void write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Command run(String... arguments) {
    return Cli.shell(folder, "XDG_CACHE_HOME=\"$PWD/cache\" \"$@\"", arguments);
  }

  private List<String> cache() throws IOException {
    Path cache = folder.resolve("cache/trapline");
    if (!Files.exists(cache)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(cache)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void aTreeIsIndexedIntoTheCacheAndAgainWhenItChanged() throws Exception {
    Command first = run("index", "tree");
    assertThat(first.err()).isEmpty();
    assertThat(first.orFail()).contains("6.99.3", "pristine", "x86_64 ", "3001 rows", "written");
    assertThat(cache()).hasSize(1).allMatch(name -> name.startsWith("6.99.3-"));
    Path file = folder.resolve("cache/trapline").resolve(cache().getFirst());
    Object made = Files.getLastModifiedTime(file);
    assertThat(run("syscall", "socket", "--kernel-version", "tree").orFail())
        .contains("net/socket.c:1");
    assertThat(run("syscall", "socket", "--kernel-version", "6.99").orFail()).contains("6.99.3");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(made);

    write("tree/net/socket.c", "\n\n" + Files.readString(folder.resolve("tree/net/socket.c")));
    assertThat(run("syscall", "socket", "--kernel-version", "tree").orFail())
        .contains("net/socket.c:3");
    assertThat(cache()).hasSize(1);
    assertThat(Files.getLastModifiedTime(file)).isNotEqualTo(made);
  }

  @Test
  void aTarballsIndexIsAFileWithItsDigest() throws IOException {
    List<String> before = new ArrayList<>(listing());
    Command run = run("index", "tree.tar.xz", "-o", "my.index");
    String digest = Command.runIn(folder, List.of("sha256sum", "tree.tar.xz")).orFail();
    assertThat(run.orFail()).contains(digest.substring(0, 64), "my.index");
    before.add("my.index");
    assertThat(listing()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(cache()).isEmpty();
    assertThat(run("syscall", "socket", "--kernel-version", "./my.index").orFail())
        .contains("6.99.3");
    assertThat(
            Cli.shell(folder, "cat tree.tar.xz | \"$@\"", "index", "-", "-o", "piped.index")
                .orFail())
        .contains(digest.substring(0, 64));
    assertThat(folder.resolve("piped.index")).hasSameBinaryContentAs(folder.resolve("my.index"));

    byte[] damaged = Files.readAllBytes(folder.resolve("my.index"));
    damaged[damaged.length / 2] ^= 1;
    Files.write(folder.resolve("damaged.index"), damaged);
    Files.write(folder.resolve("short.index"), Arrays.copyOf(damaged, 1000));
    for (String name : List.of("./damaged.index", "./short.index")) {
      Command refused = run("syscall", "socket", "--kernel-version", name);
      assertThat(refused.err()).startsWith("trapline: --kernel-version " + name).hasLineCount(1);
      assertThat(refused.status()).isEqualTo(6);
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        of(2, "index takes one kernel tree or tarball, not 0"),
        of(2, "index takes one kernel tree or tarball, not 2", "tree", "tree"),
        of(2, "name a file with -o", "/dev/null"),
        of(6, "gone: no such file or directory", "gone"),
        of(6, "no kernel source: it has no top Makefile", "empty"),
        of(6, "text: ", "text"),
        of(6, "-o empty: a directory", "tree", "-o", "empty"),
        of(6, "there is no directory", "tree", "-o", "no/such/file"),
        of(6, "-o /dev/full: not a regular file", "tree", "-o", "/dev/full"),
        of(6, "that is the source itself", "tree.tar.xz", "-o", "tree.tar.xz"),
        of(6, "is not an index file; --force overwrites it", "tree", "-o", "text"));
  }

  private static Arguments of(int status, String line, String... arguments) {
    return Arguments.of(status, line, List.of(arguments));
  }

  @ParameterizedTest
  @MethodSource
  void refused(int status, String line, List<String> arguments) throws IOException {
    List<String> before = listing();
    List<String> all = new ArrayList<>(List.of("index"));
    all.addAll(arguments);
    Command run = run(all.toArray(new String[0]));
    assertThat(run.err()).contains(line).startsWith("trapline: ").hasLineCount(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.status()).isEqualTo(status);
    assertThat(listing()).isEqualTo(before);
    assertThat(Files.readString(folder.resolve("text"))).isEqualTo("no index\n");
  }

  @Test
  void forceOverwrites() {
    assertThat(run("index", "tree", "-o", "text", "--force").status()).isZero();
    assertThat(run("index", "tree", "-o", "text").status()).isZero();
  }

  @Test
  void aFullDiskLeavesNothing() throws IOException {
    List<String> before = listing();
    Command run = Cli.shell(folder, "ulimit -f 64; \"$@\"", "index", "tree", "-o", "big");
    assertThat(run.err()).contains("-o big: cannot be written").hasLineCount(1);
    assertThat(run.status()).isEqualTo(6);
    assertThat(listing()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void anInterruptionLeavesNothing(String signal, int status) throws Exception {
    Command.runIn(folder, List.of("mkfifo", "pipe")).orFail();
    List<String> before = listing();
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM"));
    command.addAll(Cli.command("index", "-", "-o", "out.index"));
    Process index =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.PIPE)
            .start();
    try {
      index.getOutputStream().write(Files.readAllBytes(folder.resolve("tree.tar.xz")), 0, 100);
      index.getOutputStream().flush();
      untilItReads(index, "pipe:");
      Command.run("kill", "-" + signal, Long.toString(index.pid())).orFail();
      assertThat(index.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(index.exitValue()).isEqualTo(status);
      assertThat(new String(index.getErrorStream().readAllBytes()))
          .isEqualTo("trapline: interrupted\n");
      assertThat(listing()).isEqualTo(before);
    } finally {
      index.destroyForcibly();
    }
  }

  /// Waits until a process, or one that it has started, is Java and waits for more of a file.
  private static void untilItReads(Process process, String file) throws InterruptedException {
    for (int i = 0; i < 12_000 && process.isAlive(); i++) {
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
      all.add(process.toHandle());
      if (all.stream().anyMatch(each -> isReading(each, file))) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("it does not read " + file);
  }

  /// Whether a thread is in a read(2), which the kernel shows as `0 0xDESCRIPTOR …`.
  private static boolean isReading(ProcessHandle process, String file) {
    Path own = Path.of("/proc/" + process.pid());
    if (!process.info().command().orElse("").endsWith("/java")) {
      return false;
    }
    try (Stream<Path> threads = Files.list(own.resolve("task"))) {
      for (Path thread : threads.toList()) {
        String[] call = Files.readString(thread.resolve("syscall")).split(" ");
        if (call.length > 1 && call[0].equals("0")) {
          Path descriptor = own.resolve("fd").resolve(Long.decode(call[1]).toString());
          if (Files.readSymbolicLink(descriptor).toString().startsWith(file)) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      return false; // a thread or a file has gone meanwhile
    }
    return false;
  }

  /// By the key on a terminal, which signals the whole group.
  @Test
  void ctrlCOnATerminalLeavesNothing() throws Exception {
    Tools.require("script");
    Command.runIn(folder, List.of("mkfifo", "pipe")).orFail();
    List<String> before = listing();
    // A test run in the background has the signal ignored, and its children inherit that.
    String run = "env --default-signal=INT \"$@\"";
    String command =
        "exec 3<>pipe; head -c 100 tree.tar.xz >pipe; " + run + "; echo \"status $?\" >&2";
    Process terminal =
        new ProcessBuilder(
                "script",
                "-qec",
                shellWords(command, Cli.command("index", "pipe", "-o", "out")),
                "/dev/null")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      untilItReads(terminal, folder.toRealPath() + "/pipe");
      terminal.getOutputStream().write(3);
      terminal.getOutputStream().flush();
      assertThat(terminal.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(new String(terminal.getInputStream().readAllBytes()))
          .contains("trapline: interrupted");
      assertThat(listing()).isEqualTo(before);
    } finally {
      terminal.descendants().forEach(ProcessHandle::destroyForcibly);
      terminal.destroyForcibly();
    }
  }

  private static String shellWords(String script, List<String> command) {
    List<String> words = new ArrayList<>(List.of("bash", "-c", script, "bash"));
    words.addAll(command);
    return words.stream()
        .map(word -> "'" + word.replace("'", "'\\''") + "'")
        .collect(java.util.stream.Collectors.joining(" "));
  }

  @Test
  void twoRunsAtTheSameTimeBothKeepAWholeIndex() throws Exception {
    List<Process> both = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        List<String> command =
            new ArrayList<>(List.of("env", "XDG_CACHE_HOME=" + folder.resolve("cache")));
        command.addAll(Cli.command("index", "tree"));
        both.add(new ProcessBuilder(command).directory(folder.toFile()).start());
      }
      for (Process one : both) {
        assertThat(new String(one.getInputStream().readAllBytes())).contains("6.99.3", "3001 rows");
        assertThat(new String(one.getErrorStream().readAllBytes())).isEmpty();
        assertThat(one.waitFor()).isZero();
      }
    } finally {
      both.forEach(Process::destroyForcibly);
    }
    assertThat(cache()).hasSize(1).allMatch(name -> name.matches("6\\.99\\.3-.*\\.index"));
    CachedIndex kept =
        CachedIndex.open(folder.resolve("cache/trapline").resolve(cache().getFirst()));
    assertThat(kept.set().index(0).functions()).isPresent();
    assertThat(run("syscall", "socket", "--kernel-version", "tree").orFail())
        .contains("net/socket.c:1");
  }

  /// A file of 8 GiB that is not there, and more files than a kernel has: each in little memory.
  @Test
  void hostileTarballsAreRefusedInLittleMemory() throws IOException {
    Files.write(folder.resolve("claims.tar"), TarHeader.of("linux/Makefile", 8L << 30));
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(part)) {
      for (int i = 0; i < 10_000; i++) {
        out.write(TarHeader.of("linux/kernel/a.c", 0));
      }
    }
    try (OutputStream out = Files.newOutputStream(folder.resolve("many.tar.gz"))) {
      for (int i = 0; i <= 100; i++) {
        part.writeTo(out);
      }
    }
    List<String> before = listing();
    for (String name : List.of("claims.tar", "many.tar.gz")) {
      List<String> command = new ArrayList<>(Cli.command("index", name, "-o", "out"));
      command.add(1, "-Xmx64m");
      assertSaid(Command.runIn(folder, command), name + ": ");
      assertThat(listing()).isEqualTo(before);
    }
  }

  /// As a user who may read less than root.
  @Test
  void whatMayNotBeReadOrWrittenIsSaid() throws Exception {
    Tools.requireHost(Tools.isRoot(), "root, to become another user");
    Tools.require("setpriv");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Command.run("chmod", "755", folder.toString()).orFail();
    String setpriv = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    Tools.requireHost(
        Cli.shell(folder, setpriv + java + " -version").status() == 0,
        "a Java that others may run");
    // The class path may be in root's own directory.
    Path classes = Files.createDirectory(folder.resolve("classes"));
    StringBuilder path = new StringBuilder();
    List<String> command = Cli.command();
    for (String element : command.get(command.indexOf("-cp") + 1).split(":")) {
      if (!element.isEmpty() && Files.exists(Path.of(element))) {
        Path copy = classes.resolve(Integer.toString(path.length()));
        Command.run("cp", "-r", element, copy.toString()).orFail();
        path.append(copy).append(':');
      }
    }
    Command.run("chmod", "-R", "a+rX", classes.toString(), folder.resolve("tree").toString())
        .orFail();
    String other =
        setpriv
            + "env -u HOME XDG_CACHE_HOME=$PWD/own "
            + java
            + " -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '"
            + path
            + "' trapline.cli.Main ";
    Command.runIn(folder, List.of("bash", "-c", "mkdir own closed && chown 65534 own")).orFail();

    Command.run("chmod", "700", folder.resolve("tree/net").toString()).orFail();
    Command partly = sh(other + "index tree");
    assertThat(partly.status()).isZero();
    assertThat(partly.err()).contains("could not be indexed: net").doesNotContain("Exception");
    Command.run("chmod", "600", folder.resolve("tree.tar.xz").toString()).orFail();
    assertSaid(sh(other + "index tree.tar.xz"), "tree.tar.xz: no permission to read it");
    assertSaid(sh(other + "index tree -o closed/x"), "no permission to write in");
    Command.run("chmod", "700", folder.resolve("tree").toString()).orFail();
    assertSaid(sh(other + "index tree"), "tree: ");
    Command.run("chmod", "755", folder.resolve("tree").toString()).orFail();
    Command uncached = sh(other.replace("$PWD/own", "$PWD/closed") + "index tree");
    assertThat(uncached.status()).isEqualTo(6);
    assertThat(uncached.err())
        .contains("the index was not kept (-o names a file for it): ")
        .hasLineCount(1);
    assertThat(folder.resolve("closed")).isEmptyDirectory();
  }

  private Command sh(String script) {
    return Command.runIn(folder, List.of("bash", "-c", script));
  }

  private static void assertSaid(Command refused, String line) {
    assertThat(refused.err()).contains(line).startsWith("trapline: ").hasLineCount(1);
    assertThat(refused.status()).isEqualTo(6);
  }

  @Test
  void aCacheThatCannotBeTrustedIsNotUsed() throws IOException {
    run("index", "tree").orFail();
    Path cache = folder.resolve("cache/trapline");
    Path file = cache.resolve(cache().getFirst());
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length * 2 / 3] ^= 1;
    Files.write(file, damaged);
    Command again = run("syscall", "socket", "--kernel-version", "tree");
    assertThat(again.err()).contains("is left aside").hasLineCount(1);
    assertThat(again.status()).isZero();
    assertThat(run("syscall", "socket", "--kernel-version", "tree").err()).isEmpty();

    Command.run("chmod", "777", cache.toString()).orFail();
    Command open = run("syscall", "socket", "--kernel-version", "tree");
    assertThat(open.err()).contains("others can write to it").hasLineCount(1);
    assertThat(open.status()).isZero();
    Command homeless =
        Cli.shell(
            folder,
            "unset HOME XDG_CACHE_HOME; \"$@\"",
            "syscall",
            "socket",
            "--kernel-version",
            "tree");
    assertThat(homeless.err()).contains("no cache is used").hasLineCount(1);
    assertThat(homeless.status()).isZero();
    Cli.shell(folder, "HOME=$PWD/home XDG_CACHE_HOME=relative \"$@\"", "index", "tree").orFail();
    assertThat(folder.resolve("home/.cache/trapline")).isNotEmptyDirectory();
    assertThat(folder.resolve("relative")).doesNotExist();
  }
}
