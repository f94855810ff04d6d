package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.capture.Breakpoints;
import trapline.capture.Capability;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.linux.proc.ProcessMemory;
import trapline.model.KernelRefused;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;
import trapline.testing.Waiting;

@Tag("host")
class LifeCycleTest {
  private static final int PAUSE = 34;

  @TempDir Path folder;

  private Path compile(String source, String... options) {
    Tools.require("gcc", "nm", "kill");
    List<String> all = new ArrayList<>(List.of("-w", "-pthread"));
    all.addAll(List.of(options));
    return Programs.compile(folder, "life", source, all.toArray(new String[0]));
  }

  private static <E extends TraceEvent> List<E> of(List<TraceEvent> events, Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Test
  void launchSaysWhyItFailed() throws IOException {
    assertRefused(folder.resolve("nothing"), "execve", 2);
    Path text = Files.writeString(folder.resolve("text"), "hello\n");
    assertRefused(text, "execve", 13);
    text.toFile().setExecutable(true);
    assertRefused(text, "execve", 8);
    Path script = Files.writeString(folder.resolve("script"), "#!/no/such/shell\n");
    script.toFile().setExecutable(true);
    assertRefused(script, "execve", 2);
    assertRefused(folder, "execve", 13);
    assertThatThrownBy(
            () ->
                Tracer.launch(
                    new LaunchSpec(
                        Path.of("/bin/true"), List.of("true"), Map.of(), folder.resolve("no"))))
        .isInstanceOfSatisfying(
            KernelRefused.class,
            e -> {
              assertThat(e.call()).startsWith("chdir(");
              assertThat(e.errno()).isEqualTo(2);
            });
  }

  private static void assertRefused(Path program, String call, int errno) {
    assertThatThrownBy(() -> Traced.launch(program))
        .isInstanceOfSatisfying(
            KernelRefused.class,
            e -> {
              assertThat(e.call()).startsWith(call + "(");
              assertThat(e.errno()).isEqualTo(errno);
            });
  }

  @Test
  void programStartsAsItWould() throws IOException {
    Path program =
        compile(
            """
            #include <signal.h>
            #include <string.h>
            #include <unistd.h>
            extern char **environ;
            int main(int c, char **v) {
              sigset_t s;
              sigprocmask(SIG_BLOCK, 0, &s);
              for (int i = 1; i < 65; i++) if (sigismember(&s, i) == 1) return 1;
              for (int i = 1; i < 65; i++) {
                struct sigaction a;
                if (!sigaction(i, 0, &a) && a.sa_handler != SIG_DFL && a.sa_handler != SIG_IGN) return 2;
              }
              if (c != 3 || strcmp(v[0], "name") || strcmp(v[1], "") || strcmp(v[2], "a b\\xc3\\xa4")) return 3;
              if (!environ[0] || strcmp(environ[0], "KEY=value") || environ[1]) return 4;
              char d[4096];
              getcwd(d, sizeof d);
              if (strcmp(d, "/usr")) return 5;
              return 0;
            }
            """);
    try (var open = Files.newByteChannel(program);
        Tracer tracer =
            Tracer.launch(
                new LaunchSpec(
                    program,
                    List.of("name", "", "a bä"),
                    Map.of("KEY", "value"),
                    Path.of("/usr")))) {
      int thread = tracer.next().threadId();
      assertThat(open.isOpen()).isTrue();
      try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + thread + "/fd"))) {
        for (Path descriptor : descriptors) {
          assertThat(Files.readSymbolicLink(descriptor).toString())
              .doesNotStartWith(System.getProperty("java.home"))
              .doesNotEndWith(".jar")
              .isNotEqualTo(program.toString());
        }
      }
      tracer.resume(thread);
      assertThat(Traced.runOut(tracer).getLast())
          .isInstanceOfSatisfying(TraceEvent.Ended.class, end -> assertThat(end.status()).isZero());
    }
  }

  @Test
  void execByAnotherThread() throws IOException {
    Path program =
        compile(
            """
            #include <pthread.h>
            #include <unistd.h>
            static void *run(void *a) { execl("/bin/true", "true", (char *) 0); return 0; }
            static pthread_barrier_t begun;
            static void *waits(void *a) { pthread_barrier_wait(&begun); pause(); return 0; }
            int main(void) {
              pthread_t t;
              pthread_barrier_init(&begun, 0, 3);
              pthread_create(&t, 0, waits, 0);
              pthread_create(&t, 0, waits, 0);
              pthread_barrier_wait(&begun);
              pthread_create(&t, 0, run, 0);
              pause();
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      List<TraceEvent> events = Traced.runOut(tracer);
      List<TraceEvent.Execed> execs = of(events, TraceEvent.Execed.class);
      assertThat(execs).hasSize(2);
      int leader = execs.get(0).threadId();
      assertThat(execs.get(1).threadId()).isEqualTo(leader);
      assertThat(execs.get(1).formerThreadId()).isNotEqualTo(leader);
      assertThat(of(events, TraceEvent.Started.class)).hasSize(3);
      assertThat(of(events, TraceEvent.Ended.class)).hasSize(3);
      assertThat(events.getLast()).isEqualTo(new TraceEvent.Ended(leader, 0, 0));
      int at = events.indexOf(execs.get(1));
      assertThat(events.subList(at + 1, events.size()))
          .allSatisfy(event -> assertThat(event.threadId()).isEqualTo(leader));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void leaderExitsBeforeOthers() throws IOException {
    Path program =
        compile(
            """
            #include <pthread.h>
            #include <unistd.h>
            static void *run(void *a) { usleep(20000); close(99); usleep(1000); _exit(6); }
            int main(void) { pthread_t t; pthread_create(&t, 0, run, 0); pthread_exit(0); }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      List<TraceEvent> events = Traced.runOut(tracer);
      int leader = events.getFirst().threadId();
      assertThat(of(events, TraceEvent.Ended.class)).hasSize(2);
      assertThat(events.getLast()).isEqualTo(new TraceEvent.Ended(leader, 6, 0));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void daemonsAreFollowedAndKilled() throws IOException {
    Path program =
        compile(
            """
            #include <unistd.h>
            int main(void) {
              if (fork()) return 0;
              setsid();
              if (fork()) return 0;
              getppid();
              pause();
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      Traced.runToCall(tracer, 110);
      assertThat(tracer.threads()).isNotEmpty();
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void untracedChildrenGoTheirWay() throws IOException {
    Path program =
        compile(
            """
            #define _GNU_SOURCE
            #include <sched.h>
            #include <signal.h>
            #include <sys/syscall.h>
            #include <sys/wait.h>
            #include <unistd.h>
            int main(void) {
              int status;
              if (!syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0)) _exit(4);
              wait(&status);
              return WEXITSTATUS(status);
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      List<TraceEvent> events = Traced.runOut(tracer);
      assertThat(of(events, TraceEvent.Forked.class)).isEmpty();
      assertThat(((TraceEvent.Ended) events.getLast()).status()).isEqualTo(4);
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void groupStopIsKeptAndEnded() throws Exception {
    Path program =
        compile(
            """
            #include <signal.h>
            #include <unistd.h>
            int main(void) { raise(SIGSTOP); getppid(); return 7; }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      TraceEvent event = tracer.next();
      int thread = event.threadId();
      while (!(event instanceof TraceEvent.Signalled)) {
        tracer.resume(thread);
        event = tracer.next();
      }
      assertThat(((TraceEvent.Signalled) event).signal()).isEqualTo(19);
      tracer.resume(thread);
      Thread waker =
          new Thread(
              () -> {
                try {
                  Thread.sleep(100);
                } catch (InterruptedException e) {
                  return;
                }
                Command.run("kill", "-CONT", Integer.toString(thread)).orFail();
              });
      waker.start();
      List<TraceEvent> events = Traced.runOut(tracer);
      waker.join();
      assertThat(events).contains(new TraceEvent.Signalled(thread, 18));
      assertThat(events.getLast()).isEqualTo(new TraceEvent.Ended(thread, 7, 0));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void breakpointsInThreads() throws IOException {
    Path program =
        compile(
            """
            #include <pthread.h>
            static int counter;
            __attribute__((noinline)) void target(void) { __atomic_add_fetch(&counter, 1, 5); }
            static void *run(void *a) { for (int i = 0; i < 300; i++) target(); return 0; }
            int main(void) {
              pthread_t t[4];
              for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, run, 0);
              for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
              return counter == 1200 ? 0 : 1;
            }
            """,
            "-no-pie");
    long target = Traced.symbols(program).get("target");
    try (Tracer tracer = Traced.launch(program)) {
      int leader = tracer.next().threadId();
      byte[] before = new byte[16];
      assertThat(tracer.memory(leader).read(target, before, 0, 16)).isEqualTo(16);
      assertThat(breakpoints(tracer).insert(leader, target)).isTrue();
      assertThat(tracer.memory(leader).readExactly(target, 16)).isEqualTo(before);
      assertThat(new ProcessMemory(leader).readExactly(target, 1)).containsExactly(0xcc);
      assertThat(breakpoints(tracer).insert(leader, 0x10)).isFalse();
      tracer.resume(leader);
      List<TraceEvent> events = new ArrayList<>();
      int hits = 0;
      for (TraceEvent event; (event = tracer.next()) != null; ) {
        events.add(event);
        if (event instanceof TraceEvent.BreakpointHit hit) {
          hits++;
          assertThat(tracer.registers(hit.threadId()).instructionPointer()).isEqualTo(target);
          if (hits % 3 == 0) {
            assertThat(tracer.step(hit.threadId())).isEqualTo(StepResult.STEPPED);
          }
        }
        tracer.resume(event.threadId());
      }
      assertThat(hits).isEqualTo(1200);
      assertThat(events.getLast()).isEqualTo(new TraceEvent.Ended(leader, 0, 0));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void breakpointsInForkedAndVforkedChildren() throws IOException {
    Path program =
        compile(
            """
            #include <sys/wait.h>
            #include <unistd.h>
            __attribute__((noinline)) void target(void) { __asm__ volatile(""); }
            int main(void) {
              int s;
              target();
              if (!fork()) { target(); target(); _exit(1); }
              wait(&s);
              if (!vfork()) { target(); execl("/bin/true", "true", (char *) 0); _exit(1); }
              wait(&s);
              target();
              return 0;
            }
            """,
            "-no-pie",
            "-O1");
    long target = Traced.symbols(program).get("target");
    try (Tracer tracer = Traced.launch(program)) {
      int leader = tracer.next().threadId();
      breakpoints(tracer).insert(leader, target);
      tracer.resume(leader);
      List<TraceEvent> events = Traced.runOut(tracer);
      List<TraceEvent.BreakpointHit> hits = of(events, TraceEvent.BreakpointHit.class);
      List<Integer> children =
          of(events, TraceEvent.Forked.class).stream().map(TraceEvent.Forked::childId).toList();
      assertThat(hits.stream().map(TraceEvent.BreakpointHit::threadId))
          .containsExactly(leader, children.get(0), children.get(0), children.get(1), leader);
      assertThat(of(events, TraceEvent.Ended.class))
          .allSatisfy(end -> assertThat(end.signal()).isZero());
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void breakpointOnTheSystemCallInstruction() throws IOException {
    Path program =
        compile(
            """
            __asm__(".globl _start\\n_start: mov $3,%ebx\\n1: mov $39,%eax\\n"
                "trap: syscall\\nafter: dec %ebx\\n jnz 1b\\n"
                "xor %edi,%edi\\n mov $231,%eax\\n syscall\\n");
            """,
            "-nostdlib", "-static");
    Map<String, Long> symbols = Traced.symbols(program);
    try (Tracer tracer = Traced.launch(program)) {
      int leader = tracer.next().threadId();
      breakpoints(tracer).insert(leader, symbols.get("trap"));
      breakpoints(tracer).insert(leader, symbols.get("after"));
      tracer.resume(leader);
      List<String> seen = new ArrayList<>();
      for (TraceEvent event : Traced.runOut(tracer)) {
        switch (event) {
          case TraceEvent.BreakpointHit hit ->
              seen.add(hit.address() == symbols.get("trap") ? "trap" : "after");
          case TraceEvent.Entered entered -> seen.add("enter");
          case TraceEvent.Exited exited -> seen.add("exit");
          default -> {}
        }
      }
      assertThat(String.join(" ", seen))
          .isEqualTo("exit" + " trap enter exit after".repeat(3) + " enter");
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void memoryIsReadUpToTheHole() throws IOException {
    Path program =
        compile(
            """
            #include <sys/mman.h>
            #include <unistd.h>
            int main(void) {
              char *p = mmap((void *) 0x10000000, 0x40000, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
              for (int i = 0; i < 0x40000; i++) p[i] = i * 7;
              munmap(p + 0x21000, 0x1000);
              mprotect(p + 0x30000, 0x1000, PROT_NONE);
              getppid();
              return 0;
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      int thread = Traced.runToCall(tracer, 110).threadId();
      byte[] bytes = new byte[0x40000];
      assertThat(tracer.memory(thread).read(0x10000000, bytes, 0, 0x40000)).isEqualTo(0x21000);
      for (int i = 0; i < 0x21000; i++) {
        assertThat(bytes[i]).isEqualTo((byte) (i * 7));
      }
      assertThat(tracer.memory(thread).read(0x10020ff0, bytes, 0, 32)).isEqualTo(16);
      assertThat(tracer.memory(thread).read(0x10021000, bytes, 0, 32)).isZero();
      assertThat(tracer.memory(thread).read(0x10030000, bytes, 0, 32)).isZero();
      assertThat(tracer.memory(thread).read(-1, bytes, 0, 32)).isZero();
      assertThat(tracer.memory(thread).readExactly(0, 4)).isNull();
      ProcessMemory memory = new ProcessMemory(thread);
      assertThat(memory.write(0x10000010, new byte[] {1, 2, 3})).isTrue();
      assertThat(memory.readExactly(0x10000010, 3)).containsExactly(1, 2, 3);
      assertThat(memory.write(0x10021000, new byte[1])).isFalse();
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void interruptedStepOfABlockingCall() throws Exception {
    Path program =
        compile(
            """
            __asm__(".globl _start\\n_start: mov $34,%eax\\n syscall\\n jmp _start\\n");
            """,
            "-nostdlib", "-static");
    try (Tracer tracer = Traced.launch(program)) {
      int leader = tracer.next().threadId();
      assertThat(tracer.step(leader)).isEqualTo(StepResult.STEPPED);
      Thread other = new Thread(tracer::interrupt);
      other.start();
      assertThat(tracer.step(leader)).isEqualTo(StepResult.INTERRUPTED);
      other.join();
      // A signal that comes before the call would keep it from being made.
      Waiting.until(() -> Traced.waitsIn(leader) == PAUSE);
      Command.run("kill", "-USR1", Integer.toString(leader)).orFail();
      assertThat(tracer.next()).isEqualTo(new TraceEvent.Stepped(leader));
      tracer.resume(leader);
      assertThat(tracer.next()).isEqualTo(new TraceEvent.Signalled(leader, 10));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void endsWithTheTracer() throws Exception {
    Path program = compile("#include <unistd.h>\nint main(void) { getppid(); pause(); }\n");
    int[] process = new int[1];
    Thread thread =
        new Thread(
            () -> {
              Tracer tracer = Traced.launch(program);
              process[0] = Traced.runToCall(tracer, 110).threadId();
            });
    thread.start();
    thread.join();
    assertThat(process[0]).isPositive();
    Waiting.until(() -> Traced.status(process[0], "State").matches("|Z.*"));
  }

  private static Breakpoints breakpoints(Tracer tracer) {
    return java.util.Objects.requireNonNull(tracer.find(Capability.BREAKPOINTS));
  }
}
