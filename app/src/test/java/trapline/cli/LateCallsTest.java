package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Programs;

/// What is looked up of a call after its thread has gone on, as `follow -p` does, is what it was
/// when the thread was stopped: the same as in a run of the same program that Trapline starts.
@Tag("host")
class LateCallsTest {
  private static final String LIBRARY =
      """
      #include <unistd.h>
      int ask(void) { int r = fchdir(-7); return r + 1; } // library
      """;

  /// Makes each call once, and takes away at once what the answer must be read from: the frames,
  /// the code, the process.
  private static final String PROGRAM =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <poll.h>
      #include <pthread.h>
      #include <signal.h>
      #include <stdio.h>
      #include <string.h>
      #include <sys/wait.h>
      #include <unistd.h>

      __attribute__((noinline)) static int deep(int depth) {
        volatile char room[100];
        memset((void *) room, depth, sizeof room);
        int got = depth ? deep(depth - 1) : dup(-1); // deep
        return got + room[5] * 0;
      }
      __attribute__((noinline)) static void wipe(void) {
        volatile char room[40000];
        memset((void *) room, 0xee, sizeof room);
      }
      static void *thread(void *none) {
        int r = dup2(-2, -3); // thread
        return (void *) (long) r;
      }
      static volatile int waiter;
      static void *waits(void *none) {
        waiter = gettid();
        poll(0, 0, -1); // waits
        return 0;
      }
      static int isInPoll(void) {
        char name[64];
        char text[3] = "";
        snprintf(name, sizeof name, "/proc/self/task/%d/syscall", waiter);
        FILE *file = fopen(name, "r");
        if (file) fgets(text, sizeof text, file), fclose(file);
        return !strcmp(text, "7 ");
      }
      int main(int count, char **arguments) {
        char go;
        pthread_t other;
        read(0, &go, 1);
        deep(9);
        wipe();
        void *library = dlopen(arguments[1], RTLD_NOW);
        ((int (*)(void)) dlsym(library, "ask"))();
        dlclose(library);
        pthread_create(&other, 0, thread, 0);
        pthread_join(other, 0);
        if (!fork()) {
          int r = lseek(-4, 5, 1); // child
          _exit(r + 1);
        }
        wait(0);
        for (int i = 0; i < 3; i++) fsync(-6); // loop
        if (!fork()) {
          pthread_create(&other, 0, waits, 0);
          while (!isInPoll()) usleep(1000);
          execl("/bin/true", "true", (char *) 0); // exec
        }
        wait(0);
        int last = fdatasync(-8); // last
        kill(getpid(), last ? SIGKILL : 0);
        return 0;
      }
      """;

  private static final String CALLS = "dup,fchdir,dup2,lseek,fsync,poll,execve,fdatasync";

  @TempDir private Path directory;

  @Test
  void attachedOrStartedTheJourneysAreTheSame() throws Exception {
    Path program = Programs.compile(directory, "program", PROGRAM, "-g", "-w", "-pthread", "-ldl");
    Path library =
        Programs.compile(directory, "libask.so", LIBRARY, "-g", "-w", "-shared", "-fPIC");
    List<String> command = List.of(program.toString(), library.toString());
    // fstat is never made: so the run goes on when all others were followed
    List<String> options = List.of("--call", CALLS + ",fstatfs");

    List<String> started = facts(Follow.json(options, command).journeys());
    List<String> attached = facts(attached(options, command));

    assertThat(started).hasSize(8);
    assertThat(attached).containsExactlyElementsOf(started);
    assertThat(attached).filteredOn(fact -> fact.contains("-> EBADF")).hasSize(6);
  }

  private List<JsonNode> attached(List<String> options, List<String> command) throws Exception {
    Path journeys = directory.resolve("journeys.json");
    Process target = new ProcessBuilder(command).start();
    try {
      while (!Files.readString(Path.of("/proc/" + target.pid() + "/syscall"))
          .startsWith("0 0x0 ")) {
        Thread.onSpinWait(); // until it reads from its standard input
      }
      long before = waits(target);
      List<String> arguments = new ArrayList<>(List.of("follow", "--json", "-o"));
      arguments.add(journeys.toString());
      arguments.addAll(options);
      arguments.addAll(List.of("-p", Long.toString(target.pid())));
      Process follow =
          new ProcessBuilder(Cli.command(arguments.toArray(String[]::new)))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("said").toFile())
              .start();
      // It is stopped to be attached to, and again where it enters its call anew.
      while (follow.isAlive() && waits(target) < before + 2) {
        Thread.onSpinWait();
      }
      target.getOutputStream().write('g');
      target.getOutputStream().close();
      follow.waitFor();
      assertThat(target.waitFor()).as("killed by SIGKILL").isEqualTo(128 + 9);
    } finally {
      target.destroyForcibly().waitFor();
    }
    List<JsonNode> parsed = new ArrayList<>();
    for (String line : Files.readAllLines(journeys)) {
      parsed.add(new ObjectMapper().readTree(line));
    }
    return parsed;
  }

  /// How often a process has waited for something.
  private static long waits(Process target) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + target.pid() + "/status"))) {
      if (line.startsWith("voluntary_ctxt_switches:")) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    throw new AssertionError("no voluntary_ctxt_switches");
  }

  /// What a journey has to say that does not differ from run to run, in the order of the calls.
  private static List<String> facts(List<JsonNode> journeys) {
    List<String> facts = new ArrayList<>();
    for (JsonNode journey : journeys) {
      JsonNode line = Follow.hop(journey, "source-line");
      StringBuilder fact = new StringBuilder(journey.at("/syscall/name").asText());
      fact.append(" -> ").append(journey.at("/outcome/errno/name").asText());
      fact.append(" [").append(line.get("text").asText().strip()).append(']');
      for (JsonNode level : line.get("stack")) {
        fact.append(' ').append(level.get("function").asText()).append(level.get("moduleOffset"));
      }
      for (JsonNode hop : journey.get("hops")) {
        fact.append(' ').append(hop.get("kind").asText());
      }
      JsonNode plt = Follow.hop(journey, "plt");
      fact.append(' ').append(plt.get("symbol")).append(plt.get("library"));
      fact.append(' ').append(Follow.hop(journey, "wrapper").get("function"));
      JsonNode back = Follow.hop(journey, "return");
      fact.append(' ').append(back.get("branch")).append(back.get("errnoStore"));
      fact.append(back.get("note"));
      facts.add(fact.toString());
    }
    return facts;
  }
}
