package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// What signals are to a thread that is stepped: its own faults, sent ones, and such as nothing
/// comes of.
@Tag("host")
class StepSignalsTest {
  private static final int GETPPID = 110;
  private static final int MOST = 400;

  @TempDir Path folder;

  private Path compile(String source) {
    Tools.require("gcc", "kill");
    return Programs.compile(folder, "program", source, "-w", "-pthread");
  }

  /// StopHandler behind the first getppid of a program.
  private static int behindCall(Tracer tracer) {
    int thread = Traced.runToCall(tracer, GETPPID).threadId();
    tracer.resume(thread);
    assertThat(tracer.next()).isInstanceOf(TraceEvent.Exited.class);
    return thread;
  }

  /// Steps until something else comes than an instruction's end.
  private static StepResult stepOn(Tracer tracer, int thread) {
    StepResult result = StepResult.STEPPED;
    for (int i = 0; i < MOST && result == StepResult.STEPPED; i++) {
      result = tracer.step(thread);
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "SIGSEGV, *(volatile int *) 8",
    "SIGSEGV, *(volatile int *) 0x8000000000000000",
    "SIGSEGV, *(volatile char *) main = 1",
    "SIGBUS, *(volatile char *) mmap(0 L 4096 L 3 L MAP_SHARED L empty L 0)",
    "SIGFPE, zero = 5 / zero",
    "SIGILL, asm volatile (\"ud2\")",
    "SIGTRAP, asm volatile (\"int3\")",
  })
  void faultsOfTheCodeItself(String signal, String code) throws IOException {
    Path program =
        compile(
            """
            #define _GNU_SOURCE
            #include <sys/mman.h>
            #include <unistd.h>
            #define L ,
            int main(void) {
              volatile int zero = 0;
              int empty = memfd_create("empty", 0);
              getppid();
              CODE;
              return 0;
            }
            """
                .replace("CODE", code));
    try (Tracer tracer = Traced.launch(program)) {
      int thread = behindCall(tracer);
      StepResult result = stepOn(tracer, thread);
      while (result == StepResult.STEPPED) { // mmap(2) is a step, too
        result = stepOn(tracer, thread);
      }
      assertThat(result)
          .isEqualTo(signal.equals("SIGTRAP") ? StepResult.TRAPPED : StepResult.FAULTED);
      assertThat(tracer.pendingSignal(thread)).isEqualTo(number(signal));
      tracer.resume(thread);
      assertThat(Traced.runOut(tracer).getLast())
          .isEqualTo(new TraceEvent.Ended(thread, 0, number(signal)));
    }
    Traced.assertNoneLeft(program);
  }

  private static int number(String signal) {
    return Integer.parseInt(Command.run("kill", "-l", signal.substring(3)).orFail().strip());
  }

  /// The kernel's own codes of sent signals are positive, too.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "if (fork() == 0) _exit(0); waitid(P_ALL, 0, &info, WEXITED | WNOWAIT)", // CLD_EXITED
        "fcntl(p[0], F_SETOWN, getpid()), fcntl(p[0], F_SETSIG, SIGCHLD),"
            + " fcntl(p[0], F_SETFL, O_ASYNC), write(p[1], \"x\", 1)", // POLL_IN
        "raise(SIGCHLD)", // SI_TKILL
        "sigqueue(getpid(), SIGCHLD, (union sigval) {0})", // SI_QUEUE
        "kill(getpid(), SIGCHLD)", // SI_USER
      })
  void sentSignalsAreNoFaults(String send) throws IOException {
    Path program =
        compile(
            """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <signal.h>
            #include <sys/wait.h>
            #include <unistd.h>
            static volatile int handled;
            static void handler(int s) { handled++; }
            int main(void) {
              int p[2];
              siginfo_t info;
              sigset_t set;
              pipe(p);
              signal(SIGCHLD, handler);
              sigemptyset(&set);
              sigaddset(&set, SIGCHLD);
              sigprocmask(SIG_BLOCK, &set, 0);
              SEND;
              getppid();
              sigprocmask(SIG_UNBLOCK, &set, 0);
              return handled == 1 ? 7 : 1;
            }
            """
                .replace("SEND", send));
    try (Tracer tracer = Traced.launch(program)) {
      int thread = behindCall(tracer);
      assertThat(stepOn(tracer, thread)).isEqualTo(StepResult.SIGNALLED);
      assertThat(tracer.pendingSignal(thread)).isEqualTo(number("SIGCHLD"));
      tracer.resume(thread);
      assertThat(Traced.runOut(tracer)).contains(new TraceEvent.Ended(thread, 7, 0));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void whatNothingComesOfEndsNoStep() throws IOException {
    Path program =
        compile(
            """
            #include <signal.h>
            #include <unistd.h>
            int main(void) {
              signal(SIGUSR1, SIG_IGN);
              signal(SIGTERM, SIG_IGN);
              getppid();
              for (volatile int i = 0; i < 100; i++) ;
              return 3;
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      int thread = behindCall(tracer);
      for (String signal : List.of("USR1", "TERM", "CHLD", "URG", "WINCH", "CONT")) {
        Command.run("kill", "-" + signal, Integer.toString(thread)).orFail();
      }
      List<StepResult> results = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        results.add(tracer.step(thread));
      }
      assertThat(results).containsOnly(StepResult.STEPPED);
      assertThat(Traced.status(thread, "SigPnd")).isEqualTo("0000000000000000");
      assertThat(Traced.status(thread, "ShdPnd")).isEqualTo("0000000000000000");
      tracer.resume(thread);
      assertThat(Traced.runOut(tracer).getLast()).isEqualTo(new TraceEvent.Ended(thread, 3, 0));
    }
    Traced.assertNoneLeft(program);
  }

  /// What ends a step is told as everything else, and the thread waits until it has been.
  @Test
  void theEndOfASteppedThreadIsHandedOut() throws IOException {
    Path program = compile("#include <unistd.h>\nint main(void) { getppid(); pause(); }\n");
    try (Tracer tracer = Traced.launch(program)) {
      int thread = behindCall(tracer);
      Command.run("kill", "-KILL", Integer.toString(thread)).orFail();
      while (tracer.registers(thread) != null) {
        Thread.onSpinWait();
      }
      assertThat(tracer.step(thread)).isEqualTo(StepResult.ENDED);
      tracer.resume(thread);
      assertThat(tracer.next()).isEqualTo(new TraceEvent.Ended(thread, 0, 9));
      assertThat(tracer.next()).isNull();
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void anotherThreadsExecWhileAThreadIsSteppedIsHandedOut() throws IOException {
    Path program =
        compile(
            """
            #include <pthread.h>
            #include <unistd.h>
            static void *run(void *a) { execl("/bin/true", "true", (char *) 0); return 0; }
            int main(void) {
              pthread_t t;
              getppid();
              pthread_create(&t, 0, run, 0);
              for (;;) ;
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      int leader = Traced.runToCall(tracer, 59).threadId();
      assertThat(leader).isNotEqualTo(tracer.processOf(leader));
      int process = tracer.processOf(leader);
      // The first thread spins: it is brought to a stop, and is stepped while the other goes on.
      Command.run("kill", "-CHLD", Integer.toString(process)).orFail();
      // It may have the end of pthread_create(3) before it still.
      TraceEvent signal = new TraceEvent.Signalled(process, number("SIGCHLD"));
      for (TraceEvent event; !signal.equals(event = tracer.next()); ) {
        assertThat(event).extracting(TraceEvent::threadId).isEqualTo(process);
        tracer.resume(process);
      }
      tracer.resume(leader);
      StepResult result = StepResult.STEPPED;
      while (result == StepResult.STEPPED || result == StepResult.SIGNALLED) {
        result = tracer.step(process);
      }
      List<TraceEvent> rest = new ArrayList<>();
      rest.addAll(Traced.runOut(tracer));
      assertThat(rest).contains(new TraceEvent.Execed(process, leader));
      assertThat(rest.getLast()).isEqualTo(new TraceEvent.Ended(process, 0, 0));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void callsThatAFilterTrapsAreTold() throws IOException {
    Path program =
        compile(
            """
            #define _GNU_SOURCE
            #include <linux/audit.h>
            #include <linux/filter.h>
            #include <linux/seccomp.h>
            #include <signal.h>
            #include <stddef.h>
            #include <sys/prctl.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            static volatile int traps;
            static void handler(int s) { traps++; }
            int main(void) {
              struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgrp, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
              };
              struct sock_fprog filter = {4, code};
              char c;
              signal(SIGSYS, handler);
              int p[2];
              pipe(p);
              close(p[1]);
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
              syscall(SYS_getpgrp);
              syscall(SYS_read, p[0], &c, 1); // 0, as its number
              return traps;
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      List<Long> trapped = new ArrayList<>();
      int status = -1;
      for (TraceEvent event; (event = tracer.next()) != null; ) {
        if (event instanceof TraceEvent.Exited exited && tracer.wasTrapped(exited)) {
          trapped.add(exited.call().number());
        } else if (event instanceof TraceEvent.Ended ended) {
          status = ended.status();
        }
        tracer.resume(event.threadId());
      }
      assertThat(trapped).containsExactly(111L);
      assertThat(status).isEqualTo(1);
    }
    Traced.assertNoneLeft(program);
  }
}
