package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Command;
import trapline.testing.Programs;

/// Processes that outlive their first thread, and what children are from the start.
@Tag("host")
class ProcessTreeTest {
  /// In the ways that there are to make a child, which asks for what is not there.
  private static final String CHILDREN =
      """
      #define _GNU_SOURCE
      #include <sched.h>
      #include <signal.h>
      #include <spawn.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/syscall.h>
      #include <sys/wait.h>
      #include <unistd.h>
      extern char **environ;
      static char *words[] = {"missing", 0};
      static int child(void *a) { execve("/no/such/program", words, environ); _exit(0); }
      static char stack[65536] __attribute__((aligned(16)));
      int main(int n, char **v) {
        pid_t p;
        char *s = v[1];
        if (!strcmp(s, "posix_spawn")) posix_spawn(&p, "/no/such/program", 0, 0, words, environ);
        if (!strcmp(s, "posix_spawnp")) posix_spawnp(&p, "/no/such/program", 0, 0, words, environ);
        if (!strcmp(s, "fork") && !fork()) child(0);
        if (!strcmp(s, "vfork") && !vfork()) { execve("/no/such/program", words, environ); _exit(0); }
        if (!strcmp(s, "clone")) clone(child, stack + sizeof stack, SIGCHLD, 0);
        if (!strcmp(s, "clone-vm")) clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, 0);
        if (!strcmp(s, "popen")) pclose(popen("exec /no/such/program 2>/dev/null", "r"));
        while (wait(0) > 0) ;
        return 0;
      }
      """;

  /// A thread that goes on when the first one has ended.
  private static final String LEADERLESS =
      """
      #include <fcntl.h>
      #include <pthread.h>
      #include <stdlib.h>
      #include <string.h>
      #include <unistd.h>
      static pthread_t leader;
      /* pthread_join returns a little before the kernel is done with the thread. */
      static void await_zombie(void) {
        char text[400];
        int length, file;
        do {
          file = open("/proc/self/stat", O_RDONLY);
          length = read(file, text, sizeof text - 1);
          text[length] = 0;
          close(file);
        } while (strrchr(text, ')')[2] != 'Z');
      }
      static void *goes_on(void *a) {
        char c[4] = "";
        pthread_join(leader, 0);
        await_zombie();
        while (a && c[0] != 'x') read(0, c, 1);
        int file = open("/dev/null", O_RDONLY);
        chdir("/no/such/folder");
        close(file);
        execl("/bin/true", "true", "an argument", (char *) 0);
        return 0;
      }
      int main(int n, char **v) {
        pthread_t t;
        leader = pthread_self();
        pthread_create(&t, 0, goes_on, v[1]);
        pthread_exit(0);
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"posix_spawn", "posix_spawnp", "fork", "vfork", "clone", "clone-vm"})
  void whatAChildAsksForIsNoStartUp(String way) {
    Path program = Programs.compile(folder, "program", CHILDREN, "-g", "-w");
    Command run = Cli.run(folder, "follow", "--call", "execve", program.toString(), way);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("execve(filename: \"/no/such/program\", argv: [\"missing\"]")
        .contains("= -1 ENOENT", "┌ YOUR PROGRAM")
        .doesNotContain("before the program's own code: execve ×2");
  }

  /// The shell that a child runs begins anew.
  @Test
  void anotherProgramBeginsAnew() {
    Path program = Programs.compile(folder, "program", CHILDREN, "-g", "-w");
    Follow run =
        Follow.json(List.of("--startup", "--call", "openat"), List.of(program.toString(), "popen"));
    assertThat(run.journeys()).isNotEmpty();
    Command text = Cli.run(folder, "follow", program.toString(), "popen");
    assertThat(text.status()).as(text.err()).isZero();
    assertThat(text.out().lines().filter(each -> each.contains("before the program's own code")))
        .hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void aThreadGoesOnWithoutTheFirst() {
    Path program = Programs.compile(folder, "program", LEADERLESS, "-g", "-w", "-pthread");
    Follow run =
        Follow.json(
                List.of("--all", "--call", "openat,chdir,close,execve"),
                List.of(program.toString()))
            .orFail();
    JsonNode chdir = run.first("chdir");
    assertThat(chdir.at("/arguments/0/text").asText()).isEqualTo("\"/no/such/folder\"");
    assertThat(Follow.hop(chdir, "source-line").at("/function").asText()).isEqualTo("goes_on");
    assertThat(chdir.at("/thread/tid").asInt()).isNotEqualTo(chdir.at("/thread/pid").asInt());
    List<JsonNode> execs =
        run.all("execve").stream().filter(each -> each.toString().contains("/bin/true")).toList();
    assertThat(execs).hasSize(1);
    assertThat(execs.getFirst().toString()).contains("an argument", "never-returned");
    assertThat(run.all("close").stream().map(each -> each.at("/arguments/0/text").asText()))
        .anyMatch(text -> text.contains("/dev/null"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isAttachedToByProcessOrThread(boolean byThread) throws Exception {
    Programs.compile(folder, "program", LEADERLESS, "-g", "-w", "-pthread");
    Command.runIn(
            folder,
            List.of("sh", "-c", "mkfifo in; (./program wait <>in & echo $! >pid) >/dev/null 2>&1"))
        .orFail();
    int process = Integer.parseInt(Files.readString(folder.resolve("pid")).strip());
    try {
      Path tasks = Path.of("/proc/" + process + "/task");
      int thread = 0;
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
      while (thread == 0 && System.nanoTime() < end) {
        thread = waits(tasks, process);
      }
      assertThat(thread).isPositive();
      String id = Integer.toString(byThread ? thread : process);
      Command run =
          Cli.shell(
              folder,
              // The program goes on when a call has been seen: it runs for a moment when it is
              // traced
              // already and not stopped yet.
              "\"$@\" >out & t=$!; until grep -q '^read(' out || ! kill -0 $t; do echo a >in;"
                  + " sleep 0.1; done; echo x >in; wait $t; s=$?; cat out; exit $s",
              "follow",
              "--call",
              "read,chdir,execve",
              "-p",
              id);
      assertThat(run.status()).as(run.err()).isZero();
      assertThat(run.out())
          .contains("chdir(filename: \"/no/such/folder\") = -1 ENOENT", "goes_on")
          .contains("execve(filename: \"/bin/true\", argv: [\"true\", \"an argument\"]")
          .contains("thread " + thread + " of " + process);
    } finally {
      Command.run("kill", "-KILL", Integer.toString(process));
    }
  }

  /// The thread that waits for its input, when the first one has ended; 0 when it is not so yet.
  private static int waits(Path tasks, int process) throws IOException {
    boolean ended = Files.readString(tasks.resolve(process + "/status")).contains("State:\tZ");
    try (var threads = Files.newDirectoryStream(tasks)) {
      for (Path each : threads) {
        int id = Integer.parseInt(each.getFileName().toString());
        if (ended && id != process && Files.readString(each.resolve("syscall")).startsWith("0 ")) {
          return id;
        }
      }
    }
    return 0;
  }
}
