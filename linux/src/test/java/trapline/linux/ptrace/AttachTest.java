package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.capture.Breakpoints;
import trapline.capture.Capability;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.linux.proc.ProcessFacts;
import trapline.model.KernelRefused;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;
import trapline.testing.Waiting;

/// A running program is followed and let go of, and does not notice.
@Tag("host")
class AttachTest {
  /// How many threads the program has.
  private static final int THREADS = 7;

  /// The calls in which threads wait all the time: read, semtimedop, clock_nanosleep, epoll_wait.
  private static final Set<Long> WAITS = Set.of(0L, 220L, 230L, 232L);

  /// Threads that compute, sleep, wait in epoll_wait, read and make calls without pause. Each error
  /// of a call ends the program with a status of its own; a line on its input ends it with 0.
  private static final String SOURCE =
      """
      #include <errno.h>
      #include <pthread.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/epoll.h>
      #include <sys/sem.h>
      #include <time.h>
      #include <unistd.h>
      static volatile unsigned long counter;
      static volatile int done;
      static void *compute(void *a) { while (!done) counter++; return 0; }
      static void *sleeps(void *a) {
        struct timespec t = {*(int *) a, 0};
        while (!done) if (nanosleep(&t, 0)) _exit(71);
        return 0;
      }
      static void *epolls(void *a) {
        struct epoll_event e;
        int p = epoll_create1(0);
        while (1) if (epoll_wait(p, &e, 1, -1) < 0) _exit(72);
      }
      static void *semaphore(void *a) {
        int s = semget(IPC_PRIVATE, 1, 0600);
        struct sembuf b = {0, 0, 0}, up = {0, 1, 0};
        semop(s, &up, 1);
        *(int *) a = s;
        if (semop(s, &b, 1) && errno != EIDRM) _exit(73);
        return 0;
      }
      static void *calls(void *a) { while (!done) if (getppid() < 0) _exit(74); return 0; }
      int main(void) {
        pthread_t t;
        volatile int s = -1;
        int shortly = 1, long_time = 3600;
        pthread_create(&t, 0, compute, 0);
        pthread_create(&t, 0, sleeps, &shortly);
        pthread_create(&t, 0, sleeps, &long_time);
        pthread_create(&t, 0, epolls, 0);
        pthread_create(&t, 0, semaphore, (void *) &s);
        pthread_create(&t, 0, calls, 0);
        char c;
        while (s < 0) usleep(1000);
        printf("ready %d", s);
        fflush(stdout);
        ssize_t n = read(0, &c, 1);
        semctl(s, 0, IPC_RMID);
        return n == 1 ? 0 : 75;
      }
      """;

  @TempDir Path folder;
  private Path program;
  private int process;

  /// Not as a child of this process: the Java library waits for its children and takes their stops.
  @BeforeEach
  void start() throws Exception {
    Tools.require("gcc", "kill", "mkfifo", "ipcrm");
    program = Programs.compile(folder, "attached", SOURCE, "-pthread", "-w");
    Command.runIn(
            folder,
            List.of(
                "sh",
                "-c",
                "mkfifo in; (./attached <>in >out & echo $! >pid; wait $!; echo $? >status)"
                    + " >/dev/null 2>&1 &"))
        .orFail();
    Waiting.until(
        () ->
            Traced.read(folder, "out").startsWith("ready ")
                && Traced.read(folder, "pid").matches("[0-9]+"));
    process = Integer.parseInt(Traced.read(folder, "pid"));
    Waiting.until(() -> waitsOfThreads().containsAll(WAITS));
  }

  /// The calls in which threads of the process wait now, as the kernel says.
  private Set<Long> waitsOfThreads() {
    Set<Long> calls = new HashSet<>();
    for (int thread : ProcessFacts.threadIds(process)) {
      calls.add(Traced.waitsIn(thread));
    }
    return calls;
  }

  @AfterEach
  void stop() throws Exception {
    if (process == 0) { // it has not started; 0 would be the whole group of this process
      return;
    }
    Command.run("kill", "-KILL", Integer.toString(process));
    Waiting.until(() -> !Traced.read(folder, "status").isEmpty());
    Command.run(
        "ipcrm",
        "-s",
        Traced.read(folder, "out").substring(6)); // the semaphore outlives a killed program
    Traced.assertNoneLeft(program);
  }

  private int id() {
    return process;
  }

  private void assertUnharmed() throws Exception {
    for (int thread : ProcessFacts.threadIds(id())) {
      assertThat(Traced.status(thread, "TracerPid")).isEqualTo("0");
      assertThat(Traced.status(thread, "State")).doesNotStartWith("t").doesNotStartWith("T");
    }
    assertThat(ProcessFacts.threadIds(id())).hasSize(THREADS);
    Files.writeString(folder.resolve("in"), "\n");
    Waiting.until(() -> !Traced.read(folder, "status").isEmpty());
    assertThat(Traced.read(folder, "status")).isEqualTo("0");
  }

  @Test
  void allThreadsAreFollowedAndLetGo() throws Exception {
    Set<Integer> threads = new HashSet<>();
    Set<Long> inside = new HashSet<>();
    int calls = 0;
    Tracer tracer = Tracer.attach(id());
    // The one that makes calls has events all the time, and another may wait for a processor.
    long end = end();
    for (int i = 0; i < 3000 || threads.size() < THREADS && System.nanoTime() < end; i++) {
      TraceEvent event = tracer.next();
      if (event instanceof TraceEvent.Started started) {
        threads.add(started.threadId());
        inside.add(started.registers().number());
        assertThat(started.processId()).isEqualTo(id());
      } else if (event instanceof TraceEvent.Entered) {
        assertThat(threads).contains(event.threadId());
        calls++;
      }
      tracer.resume(event.threadId());
    }
    tracer.detachAll();
    assertThat(threads).hasSize(THREADS);
    assertThat(inside).containsAll(WAITS);
    assertThat(calls).isGreaterThan(1000);
    assertUnharmed();
  }

  /// When a wait has been in vain.
  private static long end() {
    return System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
  }

  @Test
  void repeatedAttachingDoesNoHarm() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Tracer tracer = Tracer.attach(id())) {
        for (int j = 0; j < i * 5; j++) {
          TraceEvent event = tracer.next();
          tracer.resume(event.threadId());
        }
      }
    }
    assertUnharmed();
  }

  @Test
  void breakpointsAreGoneAfterwards() throws Exception {
    try (Tracer tracer = Tracer.attach(id())) {
      for (int i = 0; i < 200; i++) {
        TraceEvent event = tracer.next();
        if (event instanceof TraceEvent.Exited exited && exited.call().number() == 110) {
          breakpoints(tracer).insert(exited.threadId(), exited.registers().instructionPointer());
        }
        tracer.resume(event.threadId());
      }
    }
    assertUnharmed();
  }

  @Test
  void stoppedProcessStaysStopped() throws Exception {
    Command.run("kill", "-STOP", Integer.toString(process)).orFail();
    awaitStopped();
    try (Tracer tracer = Tracer.attach(id())) {
      for (int i = 0; i < THREADS; i++) {
        TraceEvent event = tracer.next();
        assertThat(event).isInstanceOf(TraceEvent.Started.class);
        tracer.resume(event.threadId());
      }
    }
    assertThat(Traced.status(id(), "TracerPid")).isEqualTo("0");
    awaitStopped(); // what has been let go of goes itself from one kind of stop to the other
    Command.run("kill", "-CONT", Integer.toString(process)).orFail();
    assertUnharmed();
  }

  private void awaitStopped() throws InterruptedException {
    for (int thread : ProcessFacts.threadIds(id())) {
      Waiting.until(() -> Traced.status(thread, "State").startsWith("T (stopped)"));
    }
  }

  @Test
  void interruptEndsTheWait() throws Exception {
    try (Tracer tracer = Tracer.attach(id())) {
      Thread other =
          new Thread(
              () -> {
                for (int i = 0; i < 20; i++) {
                  tracer.interrupt();
                }
              });
      other.start();
      int interrupted = 0;
      long end = end();
      // There are events all the time, also before the other thread has begun.
      for (int i = 0; i < 500 || interrupted == 0 && System.nanoTime() < end; i++) {
        TraceEvent event = tracer.next();
        if (event instanceof TraceEvent.Interrupted) {
          interrupted++;
        }
        tracer.resume(event.threadId());
      }
      other.join();
      assertThat(interrupted).isPositive();
    }
    assertUnharmed();
  }

  @Test
  void killedWhileStopped() throws Exception {
    try (Tracer tracer = Tracer.attach(id())) {
      int thread = tracer.next().threadId();
      Command.run("kill", "-KILL", Integer.toString(process)).orFail();
      while (tracer.registers(thread) != null) {
        Thread.onSpinWait();
      }
      assertThat(tracer.step(thread)).isEqualTo(StepResult.ENDED);
      assertThat(tracer.memory(thread).read(0x400000, new byte[8], 0, 8)).isZero();
      int ended = 0;
      for (TraceEvent event; (event = tracer.next()) != null; ) {
        if (event instanceof TraceEvent.Ended end) {
          assertThat(end.signal()).isEqualTo(9);
          ended++;
        }
        tracer.resume(event.threadId());
      }
      assertThat(ended).isEqualTo(THREADS);
    }
  }

  @Test
  void refusalsSayWhy() throws Exception {
    assertThatThrownBy(() -> Tracer.attach(Integer.MAX_VALUE)) // more than any kernel gives
        .isInstanceOf(KernelRefused.class)
        .hasMessageContaining("No such process");
    assertThatThrownBy(() -> Tracer.attach((int) ProcessHandle.current().pid()))
        .isInstanceOf(KernelRefused.class)
        .hasMessageContaining("own threads");
    try (Tracer tracer = Tracer.attach(id())) {
      Thread other =
          new Thread(
              () ->
                  assertThatThrownBy(() -> Tracer.attach(id()))
                      .isInstanceOf(KernelRefused.class)
                      .hasMessageContaining("traces it already"));
      Throwable[] failure = new Throwable[1];
      other.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
      other.start();
      other.join();
      assertThat(failure[0]).isNull();
      assertThat(tracer.threads()).hasSize(THREADS);
    }
    assertUnharmed();
  }

  private static Breakpoints breakpoints(Tracer tracer) {
    return java.util.Objects.requireNonNull(tracer.find(Capability.BREAKPOINTS));
  }
}
