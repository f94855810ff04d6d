package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.CloudKernels;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// What stands in the way of a guest: one clear line, a documented exit status, nothing left.
@Tag("host")
class WhyBadInputTest {
  private static final int NOT_OBSERVED = 7;

  @TempDir private Path folder;
  private Path program;

  @BeforeEach
  void compile() {
    program =
        Programs.compile(
            folder,
            "fails",
            """
            #include <unistd.h>
            int main(void) {
              lseek(-1, 0, SEEK_SET);
              if (access("/trapline/launch", F_OK) == 0) pause();
              lseek(-1, 0, SEEK_SET);
            }
            """,
            "-g");
  }

  @Test
  void imagesThatAreNone() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "not a kernel\n");
    Path library = Path.of("/bin/busybox");
    Path pipe = folder.resolve("pipe.deb");
    Command.run("mkfifo", pipe.toString()).orFail();
    for (String image :
        List.of(
            text.toString(),
            library.toString(),
            pipe.toString(),
            "/no/such/vmlinuz",
            "no-such-package")) {
      Command run =
          Command.runIn(
              folder, Why.command("--observe", "vm", "--guest-kernel", image, program.toString()));
      assertThat(run.status()).as(image + run.err()).isEqualTo(NOT_OBSERVED);
      assertThat(run.err().lines()).as(run.err()).hasSize(1);
      assertThat(run.err()).startsWith("trapline: ").contains(image);
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void withoutQemu() {
    String java = System.getProperty("java.home") + "/bin";
    List<String> command = new ArrayList<>(List.of("env", "PATH=" + java));
    command.addAll(Why.command("--observe", "vm", program.toString()));
    Command run = Command.runIn(folder, command);
    assertThat(run.status()).as(run.err()).isEqualTo(NOT_OBSERVED);
    assertThat(run.err())
        .isEqualTo(
            "trapline: qemu-system-x86_64 is not installed, which runs guests: apt-get install"
                + " qemu-system-x86\n");
  }

  /// The cache is on a small file system of its own, in a mount namespace of its own.
  @Test
  void withoutRoom() throws IOException {
    Tools.requireHost(Tools.isRoot(), "root, to mount a small file system");
    Path image = CloudKernels.series("6.12");
    Path cache = Files.createDirectory(folder.resolve("small"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "-m",
                "bash",
                "-c",
                "mount -t tmpfs -o size=20m small \"$0\" && XDG_CACHE_HOME=\"$0\" exec \"$@\"",
                cache.toString()));
    command.addAll(
        Why.command("--observe", "vm", "--guest-kernel", image.toString(), program.toString()));
    Command run = Command.runIn(folder, command);
    assertThat(run.status()).as(run.err()).isEqualTo(NOT_OBSERVED);
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
    assertThat(run.err()).contains("MB are free", "XDG_CACHE_HOME");
  }

  /// Ended while the program runs: what failed until then is shown.
  @Test
  void endedWhileTheProgramRuns() throws Exception {
    Path waiting =
        Programs.compile(
            folder,
            "waiting",
            """
            #include <fcntl.h>
            #include <unistd.h>
            int main(void) {
              open("/does/not/exist", O_RDONLY); // absent
              write(2, "ready\\n", 6);
              pause();
              return 0;
            }
            """,
            "-g");
    List<String> command =
        new ArrayList<>(List.of("setsid", "env", "--default-signal=INT,HUP,TERM"));
    command.addAll(Why.command("--observe", "off", waiting.toString()));
    Path err = folder.resolve("err");
    Process trapline =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(err.toFile())
            .start();
    try {
      for (int i = 0; i < 12_000 && !Files.readString(err).contains("ready"); i++) {
        Thread.sleep(10);
      }
      Command.run("kill", "-INT", Long.toString(trapline.pid())).orFail();
      assertThat(trapline.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(trapline.exitValue()).isEqualTo(130);
      assertThat(Files.readString(err)).endsWith("trapline: interrupted\n");
      assertThat(Files.readString(folder.resolve("out")))
          .contains("openat(", "/does/not/exist", "// absent", "as the run was interrupted");
    } finally {
      trapline.destroyForcibly();
    }
  }

  /// Ended while the guest runs: no QEMU, no memory file, no working directory is left.
  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "KILL,137"})
  void endedWhileTheGuestRuns(String signal, int status) throws Exception {
    Path image = CloudKernels.series("6.12");
    List<String> command =
        new ArrayList<>(List.of("setsid", "env", "--default-signal=INT,HUP,TERM"));
    command.addAll(
        Why.command("--observe", "vm", "--guest-kernel", image.toString(), program.toString()));
    Process trapline =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try {
      ProcessHandle qemu = qemuOf(trapline);
      Path work = Path.of("/proc/" + qemu.pid() + "/cwd").toRealPath();
      String own = "trapline-" + trapline.pid() + "-";
      for (int i = 0; i < 12_000 && !hasNamelessMemory(qemu, own); i++) {
        Thread.sleep(10); // its name is taken away as soon as the guest has it
      }
      Command.run("kill", "-" + signal, Long.toString(trapline.pid())).orFail();
      assertThat(trapline.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(trapline.exitValue()).isEqualTo(status);
      qemu.onExit().get(2, TimeUnit.MINUTES);
      if (signal.equals("KILL")) { // the next run removes what is left
        String first = program.toString();
        assertThat(Why.run(folder, image, "--nth", "1", first).status()).isZero();
      } else {
        assertThat(Files.readString(folder.resolve("err"))).endsWith("trapline: interrupted\n");
      }
      assertThat(work).doesNotExist();
      for (String place : List.of(System.getProperty("java.io.tmpdir"), "/dev/shm")) {
        try (Stream<Path> left = Files.list(Path.of(place))) {
          assertThat(left).noneMatch(each -> each.getFileName().toString().startsWith(own));
        }
      }
    } finally {
      trapline.destroyForcibly();
    }
  }

  /// Whether a guest has its memory in a file that has no name any more.
  ///
  /// @param own how the names of the run's directories begin
  private static boolean hasNamelessMemory(ProcessHandle process, String own) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/maps"))
          .lines()
          .anyMatch(line -> line.contains("/" + own) && line.endsWith("/memory (deleted)"));
    } catch (IOException e) {
      return false;
    }
  }

  private static ProcessHandle qemuOf(Process trapline) throws InterruptedException {
    for (int i = 0; i < 12_000 && trapline.isAlive(); i++) {
      try (Stream<ProcessHandle> all = trapline.descendants()) {
        var found =
            all.filter(each -> each.info().command().orElse("").contains("qemu-system")).findAny();
        if (found.isPresent()) {
          return found.get();
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError("no guest was started");
  }
}
