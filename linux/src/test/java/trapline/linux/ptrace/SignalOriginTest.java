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
import trapline.capture.SignalOrigin;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Who sent a signal, as the kernel tells.
@Tag("host")
class SignalOriginTest {
  private static final int GETPPID = 110;
  private static final int SIGTERM = 15;

  @TempDir Path folder;

  private Path compile(String code) {
    Tools.require("gcc", "kill", "script");
    return Programs.compile(
        folder,
        "program",
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <signal.h>
        #include <sched.h>
        #include <stdlib.h>
        #include <sys/prctl.h>
        #include <sys/wait.h>
        #include <time.h>
        #include <unistd.h>
        static volatile int came;
        static void handler(int s) { came = 1; }
        static void await(void) { while (!came) getpgrp(); }
        int main(void) {
          struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
          struct itimerspec soon = {{0, 0}, {0, 1000000}};
          timer_t timer;
          int p[2];
          char c;
          pipe(p);
          signal(SIGTERM, handler);
          CODE;
          return 0;
        }
        """
            .replace("CODE", code),
        "-w");
  }

  private static SignalOrigin origin(Tracer tracer) {
    for (TraceEvent event; (event = tracer.next()) != null; ) {
      if (event instanceof TraceEvent.Signalled signalled && signalled.signal() == SIGTERM) {
        assertThat(tracer.pendingSignal(event.threadId())).isEqualTo(SIGTERM);
        return tracer.pendingOrigin(event.threadId());
      }
      tracer.resume(event.threadId());
    }
    throw new AssertionError("no SIGTERM");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raise(SIGTERM)",
        "kill(0, SIGTERM)",
        "sigqueue(getpid(), SIGTERM, (union sigval) {1})",
        "timer_create(CLOCK_MONOTONIC, &event, &timer); timer_settime(timer, 0, &soon, 0); await()",
        "if (!fork()) { kill(getppid(), SIGTERM); _exit(0); } await()",
        // its sender has ended by the time that it arrives
        "sigset_t s; sigemptyset(&s); sigaddset(&s, SIGTERM); sigprocmask(SIG_BLOCK, &s, 0);"
            + " if (!fork()) { kill(getppid(), SIGTERM); _exit(0); } wait(0);"
            + " sigprocmask(SIG_UNBLOCK, &s, 0)",
        "if (!fork()) { if (!fork()) { prctl(PR_SET_PDEATHSIG, SIGTERM); write(p[1], &c, 1);"
            + " await(); _exit(0); } read(p[0], &c, 1); _exit(0); } wait(0); wait(0)",
        "fcntl(p[0], F_SETOWN, getpid()); fcntl(p[0], F_SETSIG, SIGTERM);"
            + " fcntl(p[0], F_SETFL, O_ASYNC); write(p[1], &c, 1)",
      })
  void theProgramsOwn(String code) throws IOException {
    Path program = compile("setpgid(0, 0); " + code);
    try (Tracer tracer = Traced.launch(program)) {
      assertThat(origin(tracer)).isEqualTo(SignalOrigin.PROGRAM);
    }
    Traced.assertNoneLeft(program);
  }

  /// A shell in a PID namespace of its own would not know the sender's number.
  @Test
  void aSenderInAnotherNamespace() throws IOException {
    Path program =
        compile(
            "if (unshare(CLONE_NEWPID)) { raise(SIGTERM); return 0; } if (!fork()) {"
                // the sender lives until the first process of its namespace ends
                + " if (!fork()) { kill(getppid(), SIGTERM); for (;;) pause(); }"
                + " await(); _exit(0); }"
                + " wait(0)");
    try (Tracer tracer = Traced.launch(program)) {
      assertThat(origin(tracer)).isEqualTo(SignalOrigin.PROGRAM);
    }
    Traced.assertNoneLeft(program);
  }

  /// Its sender has ended by the time that it arrives.
  @Test
  void aSenderThatHasEndedInAnotherNamespace() throws IOException {
    Path program =
        compile(
            "if (unshare(CLONE_NEWPID)) { raise(SIGTERM); return 0; } if (!fork()) {"
                + " sigset_t s; sigemptyset(&s); sigaddset(&s, SIGTERM);"
                + " sigprocmask(SIG_BLOCK, &s, 0);"
                + " if (!fork()) { kill(getppid(), SIGTERM); _exit(0); }"
                + " wait(0); sigprocmask(SIG_UNBLOCK, &s, 0); _exit(0); }"
                + " wait(0)");
    try (Tracer tracer = Traced.launch(program)) {
      assertThat(origin(tracer)).isEqualTo(SignalOrigin.PROGRAM);
    }
    Traced.assertNoneLeft(program);
  }

  /// Only `kill` can mean a process group, and only this process's own matters.
  @ParameterizedTest
  @CsvSource({
    "0, -TERM, OUTSIDE_OR_GROUP",
    "'setpgid(0, 0)', -TERM, OUTSIDE",
    "0, -TERM -q 7, OUTSIDE",
  })
  void aProcessThatIsNotTraced(String before, String options, SignalOrigin expected)
      throws IOException {
    Path program = compile(before + "; getppid(); await()");
    try (Tracer tracer = Traced.launch(program)) {
      int thread = Traced.runToCall(tracer, GETPPID).threadId();
      List<String> kill = new ArrayList<>(List.of("env", "kill"));
      kill.addAll(List.of(options.split(" ", -1)));
      kill.add(Integer.toString(thread));
      Command.run(kill.toArray(String[]::new)).orFail();
      tracer.resume(thread);
      assertThat(origin(tracer)).isEqualTo(expected);
    }
    Traced.assertNoneLeft(program);
  }

  /// Of a signal that was kept while the thread was stepped, too.
  @Test
  void aSignalThatIsKept() throws IOException {
    Path program = compile("getppid(); await()");
    try (Tracer tracer = Traced.launch(program)) {
      int thread = Traced.runToCall(tracer, GETPPID).threadId();
      tracer.resume(thread);
      assertThat(tracer.next()).isInstanceOf(TraceEvent.Exited.class);
      Command.run("kill", "-TERM", Integer.toString(thread)).orFail();
      assertThat(tracer.step(thread)).isEqualTo(StepResult.SIGNALLED);
      assertThat(tracer.pendingOrigin(thread)).isEqualTo(SignalOrigin.OUTSIDE_OR_GROUP);
    }
    Traced.assertNoneLeft(program);
  }
}
