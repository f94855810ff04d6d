package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.capture.TraceEvent;
import trapline.linux.proc.ProcessFacts;
import trapline.model.Abi;
import trapline.model.KernelRefused;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;
import trapline.testing.Waiting;

/// Processes whose first thread has ended while others go on.
@Tag("host")
class LeaderEndedTest {
  private static final int CHDIR = 80;
  private static final int READ = 0;

  /// A thread that waits for its input when the first one has ended, and then goes on as told.
  private static final String SOURCE =
      """
      #include <pthread.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <unistd.h>
      static pthread_t leader;
      static void *run(void *a) {
        char c = 'c';
        pthread_join(leader, 0);
        if (a) read(0, &c, 1);
        chdir("/no/such/folder");
        if (c == 'x') execl("/bin/true", "true", (char *) 0);
        _exit(6);
      }
      int main(int n, char **v) {
        pthread_t t;
        leader = pthread_self();
        pthread_create(&t, 0, run, v[1]);
        pthread_exit(0);
      }
      """;

  @TempDir Path folder;
  private int process;

  private Path compile() {
    Tools.require("gcc", "kill", "mkfifo");
    return Programs.compile(folder, "leaderless", SOURCE, "-w", "-pthread");
  }

  /// Not as a child of this process: the Java library takes its children's stops.
  private Path start() throws Exception {
    Path program = compile();
    Command.runIn(
            folder,
            List.of(
                "sh",
                "-c",
                "mkfifo in; (./leaderless wait <>in & echo $! >pid; wait $!; echo $? >status)"
                    + " >/dev/null 2>&1 &"))
        .orFail();
    Waiting.until(() -> Traced.read(folder, "pid").matches("[0-9]+"));
    process = Integer.parseInt(Traced.read(folder, "pid"));
    Waiting.until(() -> ProcessFacts.hasEnded(process) && Traced.waitsIn(other()) == READ);
    return program;
  }

  private int other() {
    int[] threads = ProcessFacts.threadIds(process);
    return threads.length == 2 ? threads[1] : -1;
  }

  @AfterEach
  void stop() throws Exception {
    if (process != 0) {
      Command.run("kill", "-KILL", Integer.toString(process));
      Waiting.until(() -> !Traced.read(folder, "status").isEmpty());
    }
  }

  @Test
  void memoryIsReadThroughAnotherThread() throws Exception {
    Path program = compile();
    try (Tracer tracer = Traced.launch(program)) {
      int leader = tracer.threads()[0];
      var memory = tracer.memory(leader);
      TraceEvent.Entered call = Traced.runToCall(tracer, CHDIR);
      // pthread_join(3) returns a little earlier.
      Waiting.until(() -> ProcessFacts.hasEnded(leader));
      assertThat(ProcessFacts.livingThread(leader)).isEqualTo(call.threadId());
      byte[] name = memory.readExactly(call.registers().argument(Abi.X86_64, 0), 15);
      assertThat(new String(name, StandardCharsets.UTF_8)).isEqualTo("/no/such/folder");
      assertThat(tracer.memory(leader).readExactly(call.registers().argument(Abi.X86_64, 0), 15))
          .isEqualTo(name);
    }
    Traced.assertNoneLeft(program);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isAttachedToByAnyThreadAndLetGo(boolean byThread) throws Exception {
    Path program = start();
    int thread = other();
    try (Tracer tracer = Tracer.attach(byThread ? thread : process)) {
      TraceEvent event = tracer.next();
      assertThat(event)
          .isInstanceOfSatisfying(
              TraceEvent.Started.class,
              started -> {
                assertThat(started.threadId()).isEqualTo(thread);
                assertThat(started.processId()).isEqualTo(process);
              });
      tracer.resume(thread);
      Files.writeString(folder.resolve("in"), "c");
      assertThat(Traced.runToCall(tracer, CHDIR).threadId()).isEqualTo(thread);
    }
    Waiting.until(() -> !Traced.read(folder, "status").isEmpty());
    assertThat(Traced.read(folder, "status")).isEqualTo("6");
    Traced.assertNoneLeft(program);
  }

  @Test
  void anotherThreadTakesTheLeadersPlaceByExec() throws Exception {
    start();
    int thread = other();
    List<TraceEvent> events = new ArrayList<>();
    try (Tracer tracer = Tracer.attach(process)) {
      events.add(tracer.next());
      tracer.resume(thread);
      Files.writeString(folder.resolve("in"), "x");
      events.addAll(Traced.runOut(tracer));
    }
    assertThat(events).contains(new TraceEvent.Execed(process, thread));
    assertThat(events.stream().filter(TraceEvent.Started.class::isInstance)).hasSize(1);
    assertThat(events.getLast()).isEqualTo(new TraceEvent.Ended(process, 0, 0));
    Waiting.until(() -> Traced.read(folder, "status").equals("0"));
  }

  @Test
  void aProcessThatHasEndedAsAWholeIsRefusedForThatReason() throws Exception {
    Path program =
        Programs.compile(
            folder,
            "parent",
            """
            #include <stdio.h>
            #include <sys/wait.h>
            #include <unistd.h>
            int main(void) {
              int child = fork();
              siginfo_t info;
              if (child == 0) _exit(0);
              waitid(P_PID, child, &info, WEXITED | WNOWAIT);
              printf("%d\\n", child);
              fflush(stdout);
              return getchar() > 0;
            }
            """);
    Process parent = new ProcessBuilder(program.toString()).start();
    try (var lines = parent.inputReader()) {
      int zombie = Integer.parseInt(lines.readLine());
      assertThatThrownBy(() -> Tracer.attach(zombie))
          .isInstanceOf(KernelRefused.class)
          .hasMessageContaining("it has ended; its parent has not waited for it");
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }
}
