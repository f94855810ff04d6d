package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import trapline.testing.Command;
import trapline.testing.Programs;

/// A process of the user's, which makes three calls over and over, and answers SIGUSR1. What is
/// wrong with it after Trapline was killed can be asked.
final class AttachedTarget implements AutoCloseable {
  private static final String SERVES =
      """
      #include <signal.h>
      #include <time.h>
      #include <unistd.h>
      static volatile sig_atomic_t asked;
      static void ask(int number) { asked = number; }
      int main(void) {
        struct timespec moment = {0, 1000000};
        signal(SIGUSR1, ask);
        write(1, "serves\\n", 7);
        for (;;) {
          getppid();
          access("/does/not/exist", 0);
          nanosleep(&moment, 0);
          if (asked) asked = 0, write(1, "answers\\n", 8);
        }
      }
      """;

  /// Prints DR0 to DR3 and DR7 of a process; the offset is that of `struct user` (sys/user.h).
  private static final String REGISTERS =
      """
      #include <stddef.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/ptrace.h>
      #include <sys/user.h>
      #include <sys/wait.h>
      int main(int count, char **words) {
        pid_t pid = atoi(words[1]);
        if (ptrace(PTRACE_SEIZE, pid, 0, 0) || ptrace(PTRACE_INTERRUPT, pid, 0, 0)) return 1;
        waitpid(pid, 0, __WALL);
        for (int i = 0; i < 8; i++)
          if (i != 4 && i != 5 && i != 6)
            printf("%lx ", ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, u_debugreg[i]), 0));
        return ptrace(PTRACE_DETACH, pid, 0, 0) != 0;
      }
      """;

  /// More than the instructions that are stepped for one call.
  private static final int STOPS = 200;

  private final Path folder;
  private final Process process;

  private AttachedTarget(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /// Compiles what is started and what looks at it.
  ///
  /// @return the program
  static Path compile(Path folder) {
    Programs.compile(folder, "registers", REGISTERS);
    return Programs.compile(folder, "serves", SERVES, "-g");
  }

  /// Starts one, and waits until it serves.
  static AttachedTarget start(Path folder) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(folder.resolve("serves").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("target").toFile())
            .start();
    AttachedTarget target = new AttachedTarget(folder, process);
    awaitText(folder.resolve("target"), "serves");
    return target;
  }

  /// Waits until a file has a text.
  static void awaitText(Path file, String text) throws IOException, InterruptedException {
    for (int i = 0; i < 12_000 && !("\n" + Files.readString(file)).contains(text); i++) {
      Thread.sleep(10);
    }
    assertThat("\n" + Files.readString(file)).contains(text);
  }

  long pid() {
    return process.pid();
  }

  /// Waits until it is traced, and has been stopped and resumed many times since now.
  void awaitTraced() throws IOException, InterruptedException {
    long before = status("voluntary_ctxt_switches");
    for (int i = 0;
        i < 12_000
            && (status("TracerPid") == 0 || status("voluntary_ctxt_switches") < before + STOPS);
        i++) {
      Thread.sleep(10);
    }
    assertThat(status("TracerPid")).as("who traces it").isNotZero();
    assertThat(status("voluntary_ctxt_switches")).isGreaterThanOrEqualTo(before + STOPS);
  }

  private long status(String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith(name + ":")) {
        return Long.parseLong(line.substring(name.length() + 1).strip());
      }
    }
    throw new AssertionError("no " + name);
  }

  /// Asks it for an answer, and waits until it has given it or has ended.
  ///
  /// @return the status that it ended with; -1 while it lives
  int ended() throws IOException, InterruptedException {
    Command.run("kill", "-USR1", Long.toString(pid()));
    Path said = folder.resolve("target");
    for (int i = 0;
        i < 12_000 && process.isAlive() && !Files.readString(said).contains("answers");
        i++) {
      Thread.sleep(10);
    }
    if (process.isAlive()) {
      awaitText(said, "answers");
      return -1;
    }
    return process.exitValue();
  }

  /// What is wrong with it while it lives, each in a few words.
  List<String> wrong() throws IOException {
    List<String> wrong = new ArrayList<>();
    if (status("TracerPid") != 0) {
      wrong.add("it is still traced");
    }
    int changed = changedBytes();
    if (changed > 0) {
      wrong.add(changed + " bytes of its code are changed");
    }
    String registers =
        Command.run(folder.resolve("registers").toString(), Long.toString(pid())).orFail();
    if (!registers.matches("(0 ){5}")) {
      wrong.add("its debug registers are " + registers);
    }
    return wrong;
  }

  /// How many bytes of code in memory differ from those of the files that are mapped.
  private int changedBytes() throws IOException {
    int changed = 0;
    try (FileChannel memory = FileChannel.open(Path.of("/proc/" + pid() + "/mem"))) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/maps"))) {
        String[] words = line.split("[ -]+");
        if (words.length > 6 && words[6].startsWith("/") && words[2].contains("x")) {
          long start = Long.parseUnsignedLong(words[0], 16);
          int size = (int) (Long.parseUnsignedLong(words[1], 16) - start);
          byte[] now = bytes(memory, start, size);
          try (FileChannel file = FileChannel.open(Path.of(words[6]))) {
            byte[] then = bytes(file, Long.parseLong(words[3], 16), size);
            for (int i = 0; i < Math.min(now.length, then.length); i++) {
              changed += now[i] == then[i] ? 0 : 1;
            }
          }
        }
      }
    }
    return changed;
  }

  private static byte[] bytes(FileChannel file, long at, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) > 0) {}
    return java.util.Arrays.copyOf(bytes.array(), bytes.position());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
