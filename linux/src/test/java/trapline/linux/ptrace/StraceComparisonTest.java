package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.capture.TraceEvent;
import trapline.linux.sys.Kernel;
import trapline.model.Registers;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Numbers, raw arguments, results, signals and ends of every thread are those that strace sees.
@Tag("host")
class StraceComparisonTest {
  private static final Map<String, Integer> SIGNALS =
      Map.of(
          "SIGABRT", 6, "SIGUSR1", 10, "SIGSEGV", 11, "SIGPIPE", 13, "SIGALRM", 14, "SIGCHLD", 17,
          "SIGHUP", 1, "SIGTERM", 15);

  private static final Map<Long, String> RESTARTS =
      Map.of(
          -512L,
          "ERESTARTSYS",
          -513L,
          "ERESTARTNOINTR",
          -514L,
          "ERESTARTNOHAND",
          -516L,
          "ERESTART_RESTARTBLOCK");

  private static final long READ = 0;
  private static final long CLOCK_NANOSLEEP = 230;

  /// What one tool saw of one run.
  ///
  /// @param ids of the threads, as they are in the lines
  /// @param threads the lines of each thread, in the same order
  private record Run(List<String> ids, List<List<String>> threads) {}

  @TempDir Path folder;

  private final Kernel kernel = new Kernel();

  @Test
  void single() throws IOException {
    compare(
        "single",
        """
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <unistd.h>
        int main(void) {
          char b[64];
          int f = open("/etc/passwd", O_RDONLY);
          while (read(f, b, sizeof b) > 0) ;
          close(f); close(99); read(-1, b, 1); write(7, b, 3);
          free(malloc(1 << 20));
          lseek(f, 1, SEEK_SET);
          mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          return 42;
        }
        """);
  }

  /// The same calls in every run: whether `pthread_join` has to wait, and so makes a call, is
  /// chance. A read of a pipe is one call in either case, and `pthread_tryjoin_np` is none.
  @Test
  void threads() throws IOException {
    compare(
        "threads",
        """
        #define _GNU_SOURCE
        #include <pthread.h>
        #include <unistd.h>
        static int p[2];
        static void *run(void *a) {
          getuid(); usleep(2000); close(99); write(p[1], "x", 1); return 0;
        }
        int main(void) {
          pthread_t t;
          char c;
          pipe(p);
          for (int i = 0; i < 4; i++) {
            pthread_create(&t, 0, run, 0);
            read(p[0], &c, 1);
            while (pthread_tryjoin_np(t, 0)) ;
          }
          return 0;
        }
        """,
        "-pthread");
  }

  @Test
  void forkVforkExec() throws IOException {
    compare(
        "forks",
        """
        #include <stdlib.h>
        #include <sys/wait.h>
        #include <unistd.h>
        int main(void) {
          int status;
          if (!fork()) { getgid(); _exit(3); }
          wait(&status);
          if (!vfork()) { execl("/bin/true", "true", (char *) 0); _exit(1); }
          wait(&status);
          if (!vfork()) { _exit(5); }
          wait(&status);
          if (!fork()) { if (!fork()) { getpid(); _exit(0); } wait(&status); execl("/nonexistent", "x", (char *) 0); _exit(9); }
          wait(&status);
          return 0;
        }
        """);
  }

  /// The program is sent SIGALRM when it waits in its read, and when it sleeps: one that came by a
  /// timer could come before.
  @Test
  void signals() throws Exception {
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread waker =
        new Thread(
            () -> {
              try {
                for (int run = 0; run < 2; run++) {
                  wake(folder.resolve("signals"), READ);
                  wake(folder.resolve("signals"), CLOCK_NANOSLEEP);
                }
              } catch (InterruptedException e) {
                // The test has failed.
              } catch (IOException e) {
                failure.set(e);
              }
            });
    waker.start();
    try {
      compareSignals();
    } finally {
      waker.interrupt();
      waker.join();
    }
    assertThat(failure.get()).isNull();
  }

  /// Sends SIGALRM to a program as soon as it waits in a call.
  private static void wake(Path program, long call) throws IOException, InterruptedException {
    while (true) {
      for (Path process : Traced.processes(program)) {
        String id = process.getFileName().toString();
        if (Traced.waitsIn(Long.parseLong(id)) == call) {
          Command.run("kill", "-ALRM", id).orFail();
          return;
        }
      }
      Thread.sleep(10);
    }
  }

  private void compareSignals() throws IOException {
    compare(
        "signals",
        """
        #include <errno.h>
        #include <signal.h>
        #include <stdlib.h>
        #include <string.h>
        #include <time.h>
        #include <unistd.h>
        static void handler(int s) { getuid(); }
        int main(void) {
          struct sigaction a;
          memset(&a, 0, sizeof a);
          a.sa_handler = handler;
          sigaction(SIGUSR1, &a, 0);
          sigaction(SIGALRM, &a, 0);
          signal(SIGPIPE, SIG_IGN);
          raise(SIGUSR1);
          raise(SIGPIPE);
          int p[2];
          char c;
          pipe(p);
          if (read(p[0], &c, 1) != -1 || errno != EINTR) return 1;
          close(p[0]);
          write(p[1], &c, 1);
          struct sigaction r = a;
          r.sa_flags = SA_RESTART;
          sigaction(SIGALRM, &r, 0);
          pipe(p);
          struct timespec ts = {3600, 0};
          nanosleep(&ts, 0);
          *(volatile int *) 8 = 1;
        }
        """);
  }

  @Test
  void interrupt80() throws IOException {
    compare(
        "int80",
        """
        int main(void) {
          long r;
          __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
          __asm__ volatile("syscall" : "=a"(r) : "a"(39) : "memory", "rcx", "r11");
          return 0;
        }
        """);
  }

  private void compare(String name, String source, String... options) throws IOException {
    Tools.require("gcc", "strace", "setarch");
    List<String> all = new ArrayList<>(List.of("-O1", "-w"));
    all.addAll(List.of(options));
    Path program = Programs.compile(folder, name, source, all.toArray(new String[0]));
    Run expected = strace(program);
    Run actual = traced(program);
    assertThat(actual.threads()).hasSameSizeAs(expected.threads());
    for (int i = 0; i < expected.threads().size(); i++) {
      // A child's end may come before or after the call that waits for it.
      List<String> theirs = withoutEndsOfChildren(expected.threads().get(i));
      List<String> ours = withoutEndsOfChildren(actual.threads().get(i));
      for (int j = 0; j < Math.min(ours.size(), theirs.size()); j++) {
        assertThat(asIn(expected, theirs.get(j), actual, ours.get(j)))
            .as("thread %d, line %d", i, j)
            .isEqualTo(theirs.get(j));
      }
      assertThat(ours).as("thread %d", i).hasSameSizeAs(theirs);
    }
    assertThat(expected.threads().getFirst().size()).isGreaterThan(20);
    Traced.assertNoneLeft(program);
  }

  private static List<String> withoutEndsOfChildren(List<String> lines) {
    return lines.stream().filter(line -> !line.equals("signal 17")).toList();
  }

  /// A line of one run as it would be in the other: with the ids that the threads have there. A
  /// number that is the same in both is that number, though a thread may have it in one of them.
  private static String asIn(Run other, String theirs, Run run, String line) {
    String[] wanted = theirs.split(" ", -1);
    String[] words = line.split(" ", -1);
    for (int i = 0; i < Math.min(words.length, wanted.length); i++) {
      int thread = run.ids().indexOf(words[i]);
      if (thread >= 0 && thread == other.ids().indexOf(wanted[i])) {
        words[i] = wanted[i];
      }
    }
    return String.join(" ", words);
  }

  private Run strace(Path program) throws IOException {
    Path output = folder.resolve("out");
    Command.run(
        "env",
        "-i",
        "setarch",
        "-R",
        "/usr/bin/strace",
        "-n",
        "-f",
        "-ff",
        "-e",
        "raw=all",
        "-o",
        output.toString(),
        program.toString());
    TreeMap<Integer, List<String>> files = new TreeMap<>();
    try (var list = Files.newDirectoryStream(folder, "out.*")) {
      for (Path file : list) {
        String text = file.getFileName().toString();
        files.put(Integer.valueOf(text.substring(4)), Files.readAllLines(file));
      }
    }
    List<List<String>> threads = new ArrayList<>();
    files.forEach(
        (id, lines) -> {
          List<String> thread = new ArrayList<>();
          for (String line : lines) {
            thread.add(ofStrace(line));
          }
          threads.add(thread);
        });
    threads.getFirst().removeFirst(); // the execve that started the program
    return new Run(words(files.keySet()), threads);
  }

  /// `[  21] access(0x7ffff7ff42a0, 0x4)      = -1 ENOENT (No such file or directory)`.
  private static String ofStrace(String line) {
    String text = line.substring(line.indexOf(']') + 2);
    if (text.startsWith("--- ")) {
      return "signal " + SIGNALS.get(text.split(" ")[1]);
    }
    if (text.startsWith("+++ exited with")) {
      return "exited " + text.split(" ")[3];
    }
    if (text.startsWith("+++ killed by")) {
      return "killed " + SIGNALS.get(text.split(" ")[3]);
    }
    StringBuilder out = new StringBuilder();
    out.append(line.substring(1, line.indexOf(']')).strip());
    String arguments = text.substring(text.indexOf('(') + 1, text.lastIndexOf(") "));
    if (text.contains(" = -1 ") || text.contains(" = ? ERESTART")) {
      arguments = text.substring(text.indexOf('(') + 1, text.indexOf(") "));
    }
    for (String argument : arguments.split(", ")) {
      if (!argument.isEmpty()) {
        out.append(' ').append(value(Long.decode(shortened(argument))));
      }
    }
    String result = text.substring(text.lastIndexOf(" = ") + 3);
    if (result.startsWith("-1 ")) {
      result = result.substring(result.indexOf('(') + 1, result.length() - 1);
      if (result.startsWith("Unknown error 51")) { // strace's other way to write a restart
        result = RESTARTS.getOrDefault(-Long.parseLong(result.substring(14)), result);
      }
    } else if (result.startsWith("? ERESTART")) {
      result = result.split(" ")[1];
    } else if (!result.equals("?")) {
      result = value(Long.decode(shortened(result)));
    }
    return out + " = " + result;
  }

  /// The low half, which is all that strace prints of an `int`.
  private static String shortened(String hex) {
    return hex.startsWith("0x") && hex.length() > 10 ? "0x" + hex.substring(hex.length() - 8) : hex;
  }

  private static String value(long number) {
    return Long.toHexString(number & 0xffff_ffffL);
  }

  /// Thread ids as they are in lines.
  private static List<String> words(Collection<Integer> ids) {
    return ids.stream().map(StraceComparisonTest::value).toList();
  }

  private Run traced(Path program) throws IOException {
    Map<Integer, List<TraceEvent>> events = new LinkedHashMap<>();
    int images = 0;
    try (Tracer tracer = Traced.launchFixed(program)) {
      for (TraceEvent event; (event = tracer.next()) != null; ) {
        if (event instanceof TraceEvent.Execed) {
          images++;
        }
        if (images >= 2) {
          events.computeIfAbsent(event.threadId(), id -> new ArrayList<>()).add(event);
        }
        tracer.resume(event.threadId());
      }
    }
    List<Integer> ids = events.keySet().stream().sorted().toList();
    Map<String, Integer> counts = argumentCounts();
    List<List<String>> threads = new ArrayList<>();
    for (int id : ids) {
      threads.add(ofEvents(events.get(id), counts));
    }
    threads.getFirst().removeFirst();
    return new Run(words(ids), threads);
  }

  /// How many arguments strace printed of each call in its own run.
  private Map<String, Integer> argumentCounts() throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    try (var list = Files.newDirectoryStream(folder, "out.*")) {
      for (Path file : list) {
        for (String line : Files.readAllLines(file)) {
          String text = line.substring(line.indexOf(']') + 2);
          if (text.startsWith("---") || text.startsWith("+++")) {
            continue;
          }
          String number = line.substring(1, line.indexOf(']')).strip();
          String inside = text.substring(text.indexOf('(') + 1, text.indexOf(") "));
          counts.put(number, inside.isEmpty() ? 0 : inside.split(", ").length);
        }
      }
    }
    return counts;
  }

  private List<String> ofEvents(List<TraceEvent> events, Map<String, Integer> counts) {
    List<String> lines = new ArrayList<>();
    String open = null;
    for (TraceEvent event : events) {
      switch (event) {
        case TraceEvent.Entered entered -> {
          assertThat(open).isNull();
          StringBuilder out = new StringBuilder().append(entered.call().number());
          int count = counts.getOrDefault(Long.toString(entered.call().number()), 6);
          for (int i = 0; i < count; i++) {
            Registers registers = entered.registers();
            out.append(' ').append(value(registers.argument(entered.call().abi(), i)));
          }
          open = out.toString();
        }
        case TraceEvent.Exited exited -> {
          long result = exited.registers().result();
          String text =
              RESTARTS.containsKey(result)
                  ? RESTARTS.get(result)
                  : result < 0 && result >= -4095 ? kernel.errorText((int) -result) : value(result);
          lines.add((open == null ? "execve" : open) + " = " + text);
          open = null;
        }
        case TraceEvent.Signalled signalled -> lines.add("signal " + signalled.signal());
        case TraceEvent.Ended ended -> {
          if (open != null) {
            lines.add(open + " = ?");
          }
          lines.add(ended.signal() != 0 ? "killed " + ended.signal() : "exited " + ended.status());
        }
        default -> {}
      }
    }
    return lines;
  }
}
