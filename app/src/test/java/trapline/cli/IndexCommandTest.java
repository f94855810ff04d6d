package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.testing.Command;

/// `trapline index`, its cache, and that nothing half-written is left.
class IndexCommandTest {
  private static final String TABLE = "tree/arch/x86/entry/syscalls/syscall_64.tbl";

  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException, InterruptedException {
    write("tree/Makefile", "VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 3\nobj-y += net/\n");
    write("tree/net/Makefile", "obj-y += socket.o\n");
    write(
        "tree/net/socket.c",
        "SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)\n{\n}\n");
    write("tree/kernel/sys_ni.c", "COND_SYSCALL(socket);\n");
    write("tree/include/linux/syscalls.h", "asmlinkage long sys_socket(int, int, int);\n");
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
    assertThat(run("syscall", "socket", "--kernel", "tree").orFail()).contains("net/socket.c:1");
    assertThat(run("syscall", "socket", "--kernel", "6.99").orFail()).contains("6.99.3");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(made);

    write("tree/net/socket.c", "\n\n" + Files.readString(folder.resolve("tree/net/socket.c")));
    assertThat(run("syscall", "socket", "--kernel", "tree").orFail()).contains("net/socket.c:3");
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
    assertThat(run("syscall", "socket", "--kernel", "./my.index").orFail()).contains("6.99.3");
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
      Command refused = run("syscall", "socket", "--kernel", name);
      assertThat(refused.err()).startsWith("trapline: --kernel " + name).hasLineCount(1);
      assertThat(refused.status()).isEqualTo(6);
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        of(2, "index takes one kernel tree or tarball, not 0"),
        of(2, "index takes one kernel tree or tarball, not 2", "tree", "tree"),
        of(2, "name a file with -o", "/dev/null"),
        of(6, "gone: no such folder or file", "gone"),
        of(6, "no kernel source: it has no top Makefile", "empty"),
        of(6, "text: ", "text"),
        of(6, "-o empty: a folder", "tree", "-o", "empty"),
        of(6, "there is no folder", "tree", "-o", "no/such/file"),
        of(6, "-o /dev/full: not a regular file", "tree", "-o", "/dev/full"),
        of(6, "that is the source itself", "tree.tar.xz", "-o", "tree.tar.xz"),
        of(6, "is no index file; --force overwrites it", "tree", "-o", "text"));
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
      Thread.sleep(2500); // it waits for more
      assertThat(index.isAlive()).isTrue();
      Command.run("kill", "-" + signal, Long.toString(index.pid())).orFail();
      assertThat(index.waitFor(8, TimeUnit.SECONDS)).isTrue();
      assertThat(index.exitValue()).isEqualTo(status);
      assertThat(new String(index.getErrorStream().readAllBytes()))
          .isEqualTo("trapline: interrupted\n");
      assertThat(listing()).isEqualTo(before);
    } finally {
      index.destroyForcibly();
    }
  }

  @Test
  void aCacheThatCannotBeTrustedIsNotUsed() throws IOException {
    run("index", "tree").orFail();
    Path cache = folder.resolve("cache/trapline");
    Path file = cache.resolve(cache().getFirst());
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length * 2 / 3] ^= 1;
    Files.write(file, damaged);
    Command again = run("syscall", "socket", "--kernel", "tree");
    assertThat(again.err()).contains("is left aside").hasLineCount(1);
    assertThat(again.status()).isZero();
    assertThat(run("syscall", "socket", "--kernel", "tree").err()).isEmpty();

    Command.run("chmod", "777", cache.toString()).orFail();
    Command open = run("syscall", "socket", "--kernel", "tree");
    assertThat(open.err()).contains("others can write to it").hasLineCount(1);
    assertThat(open.status()).isZero();
    Command homeless =
        Cli.shell(
            folder, "unset HOME XDG_CACHE_HOME; \"$@\"", "syscall", "socket", "--kernel", "tree");
    assertThat(homeless.err()).contains("no cache is used").hasLineCount(1);
    assertThat(homeless.status()).isZero();
    Cli.shell(folder, "HOME=$PWD/home XDG_CACHE_HOME=relative \"$@\"", "index", "tree").orFail();
    assertThat(folder.resolve("home/.cache/trapline")).isNotEmptyDirectory();
    assertThat(folder.resolve("relative")).doesNotExist();
  }
}
