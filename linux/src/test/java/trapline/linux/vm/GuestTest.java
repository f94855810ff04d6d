package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.kernel.Kallsyms;
import trapline.model.Abi;
import trapline.testing.Programs;

/// Real guests. Each takes a second or more, so each test checks much.
@Tag("vm")
class GuestTest {
  private static final int BIND = 49;
  private static final int EADDRINUSE = 98;
  private static final int PAUSE = 34;

  private static final String THREADS =
      """
      #include <arpa/inet.h>
      #include <pthread.h>
      #include <stdio.h>
      #include <unistd.h>
      static struct sockaddr_in a = {.sin_family = AF_INET};
      static void *second(void *x) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(s, (void *) &a, sizeof a) != 0) perror("bind");
        return x;
      }
      int main(void) {
        a.sin_port = htons(8080);
        int s = socket(AF_INET, SOCK_STREAM, 0);
        bind(s, (void *) &a, sizeof a);
        listen(s, 1);
        pthread_t t;
        pthread_create(&t, 0, second, 0);
        pthread_join(t, 0);
        return 3;
      }
      """;

  @TempDir private Path folder;

  /// Records every bind(2), and keeps the addresses of what it executed.
  private static final class Binds implements CallWatcher {
    final List<GuestCall> calls = new ArrayList<>();
    final List<GuestCall> recorded = new ArrayList<>();
    final List<OptionalLong> results = new ArrayList<>();
    final List<List<Long>> addresses = new ArrayList<>();

    @Override
    public boolean entered(GuestCall call, GuestView guest) {
      calls.add(call);
      return call.number() == BIND;
    }

    @Override
    public void recorded(GuestCall call, Recording recording) {
      recorded.add(call);
      results.add(recording.result());
      assertThat(recording.note()).isEmpty();
      assertThat(recording.returnTo()).isNegative();
      addresses.add(read(recording));
    }

    private static List<Long> read(Recording recording) {
      try {
        byte[] all = Files.readAllBytes(recording.file());
        String text =
            new String(
                all,
                (int) recording.start(),
                (int) (recording.end() - recording.start()),
                StandardCharsets.US_ASCII);
        List<Long> addresses = new ArrayList<>();
        text.lines()
            .filter(line -> line.startsWith("RIP="))
            .forEach(line -> addresses.add(Long.parseUnsignedLong(line.substring(4, 20), 16)));
        return addresses;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final CallWatcher NOBODY =
      new CallWatcher() {
        @Override
        public boolean entered(GuestCall call, GuestView guest) {
          return false;
        }

        @Override
        public void recorded(GuestCall call, Recording recording) {
          throw new AssertionError("nothing was to be recorded");
        }
      };

  private GuestProgram program(Path file) {
    return GuestProgram.of(file, List.of(file.toString()), System.getenv(), folder);
  }

  private static GuestSpec spec(GuestProgram program, Recording.Source source) {
    return new GuestSpec(program, GuestFiles.NONE, GuestLimits.USUAL, source);
  }

  private static void checkBinds(GuestKernel kernel, Binds binds) throws IOException {
    assertThat(binds.recorded).extracting(GuestCall::thread).containsExactly(1, 2);
    assertThat(binds.recorded).hasSize(2);
    assertThat(binds.recorded).extracting(GuestCall::abi).containsOnly(Abi.X86_64);
    assertThat(binds.recorded.get(0).arguments().get(2)).isEqualTo(16);
    assertThat(binds.results).containsExactly(OptionalLong.of(0), OptionalLong.of(-EADDRINUSE));
    Kallsyms symbols;
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(kernel.symbols()))) {
      symbols = Kallsyms.search(in, Set.of("__x64_sys_bind", "inet_csk_get_port"));
    }
    for (List<Long> each : binds.addresses) {
      assertThat(each.size()).isBetween(500, 50_000);
      assertThat(each)
          .contains(
              symbols.symbol("__x64_sys_bind").orElseThrow().address(),
              symbols.symbol("inet_csk_get_port").orElseThrow().address());
    }
  }

  @Test
  void callsOfThreadsAreRecordedTheSameByLogAndBySteps() throws IOException {
    GuestKernel kernel = TestKernels.series("6.12");
    Path file = Programs.compile(folder, "threads", THREADS, "-pthread");
    Binds log = undisturbed(kernel, file, Recording.Source.LOG);
    assertThat(kernel.vmlinux()).isNotNull();
    Binds steps = undisturbed(kernel, file, Recording.Source.STEPS);
    // The log leaves out the instruction behind each stop.
    List<Long> logged = log.addresses.get(1);
    List<Long> stepped = new ArrayList<>(steps.addresses.get(1));
    assertThat(stepped).containsSubsequence(logged);
    assertThat(stepped.size() - logged.size()).isLessThanOrEqualTo(3);
  }

  /// A run in which no interrupt with much to do came in between: a bind takes 1,500 instructions.
  private Binds undisturbed(GuestKernel kernel, Path file, Recording.Source source)
      throws IOException {
    Binds binds = new Binds();
    for (int i = 0; i < 4; i++) {
      binds = new Binds();
      GuestResult result = new Guest(kernel).run(spec(program(file), source), binds);
      assertThat(result.exitStatus()).isEqualTo(3);
      assertThat(new String(result.errors(), StandardCharsets.UTF_8))
          .isEqualTo("bind: Address already in use\n");
      assertThat(result.release()).startsWith("6.12.");
      checkBinds(kernel, binds);
      if (binds.addresses.get(1).size() < 3_000) {
        break;
      }
    }
    return binds;
  }

  @Test
  void anOlderKernelServesTheSame() throws IOException {
    GuestKernel kernel = TestKernels.series("6.1");
    Path file = Programs.compile(folder, "threads", THREADS, "-pthread", "-static");
    Binds binds = new Binds();
    GuestResult result = new Guest(kernel).run(spec(program(file), Recording.Source.LOG), binds);
    assertThat(result.exitStatus()).isEqualTo(3);
    assertThat(result.release()).startsWith("6.1.");
    checkBinds(kernel, binds);
  }

  @Test
  void theProgramFindsWhatItHasHere() throws IOException {
    GuestKernel kernel = TestKernels.series("6.12");
    Path file =
        Programs.compile(
            folder,
            "mirror",
            """
            #define _GNU_SOURCE
            #include <stdio.h>
            #include <string.h>
            #include <sys/resource.h>
            #include <sys/stat.h>
            #include <unistd.h>
            extern char **environ;
            static void hex(const char *s) { while (*s) printf("%02x", *s++ & 255); puts(""); }
            int main(int n, char **v) {
              for (int i = 0; i < n; i++) hex(v[i]);
              for (char **e = environ; *e; e++) hex(*e);
              char text[4096];
              printf("%s\\n", getcwd(text, sizeof text));
              unsigned r, e, s;
              getresuid(&r, &e, &s);
              printf("uid %u %u %u\\n", r, e, s);
              getresgid(&r, &e, &s);
              printf("gid %u %u %u\\n", r, e, s);
              gid_t groups[9];
              int g = getgroups(9, groups);
              for (int i = 0; i < g; i++) printf("group %u\\n", groups[i]);
              printf("fd3 %d\\n", dup(3));
              printf("umask %o\\n", umask(0));
              struct rlimit l;
              getrlimit(RLIMIT_NOFILE, &l);
              printf("files %lu %lu\\n", l.rlim_cur, l.rlim_max);
              FILE *f = fopen("/proc/self/status", "r");
              while (fgets(text, sizeof text, f))
                if (!strncmp(text, "CapEff", 6) || !strncmp(text, "NoNew", 5)) fputs(text, stdout);
              f = fopen("beside", "r");
              printf("beside %s", f ? fgets(text, sizeof text, f) : "none\\n");
              while (fgets(text, sizeof text, stdin)) printf("in %s", text);
              fflush(stdout);
              fputs("complaint\\n", stderr);
              return 42;
            }
            """);
    Files.writeString(folder.resolve("beside"), "it is\n");
    Files.setPosixFilePermissions(
        folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    byte[] odd = {'a', ' ', '\'', '"', '\n', (byte) 0xff, '$', '`', '\\'};
    byte[] variable = {'X', '.', 'Y', '=', (byte) 0x80, '\n'};
    GuestProgram program =
        new GuestProgram(
            file,
            List.of("another name".getBytes(StandardCharsets.UTF_8), odd, new byte[0]),
            List.of(variable),
            folder,
            new Credentials(
                1234, 2345, List.of(4, 24), 0027, Credentials.Capabilities.NONE, true, limits()),
            "first\nsecond\n".getBytes(StandardCharsets.UTF_8));
    GuestResult result = new Guest(kernel).run(spec(program, Recording.Source.LOG), NOBODY);
    assertThat(new String(result.output(), StandardCharsets.UTF_8))
        .isEqualTo(
            String.join(
                "\n",
                "616e6f74686572206e616d65",
                "612027220aff24605c",
                "",
                "582e593d800a",
                folder.toString(),
                "uid 1234 1234 1234",
                "gid 2345 2345 2345",
                "group 4",
                "group 24",
                "fd3 -1",
                "umask 27",
                "files 321 654",
                "CapEff:\t0000000000000000",
                "NoNewPrivs:\t1",
                "beside it is",
                "in first",
                "in second",
                ""));
    assertThat(new String(result.errors(), StandardCharsets.UTF_8)).isEqualTo("complaint\n");
    assertThat(result.exitStatus()).isEqualTo(42);
    assertThat(result.signal()).isZero();
  }

  /// Unlimited, but for the number of open files.
  private static List<Credentials.Limit> limits() {
    List<Credentials.Limit> limits =
        new ArrayList<>(Collections.nCopies(16, new Credentials.Limit(-1, -1)));
    limits.set(7, new Credentials.Limit(321, 654)); // RLIMIT_NOFILE
    return limits;
  }

  @Test
  void endsThatAreNotGoodAreTold() {
    GuestKernel kernel = TestKernels.series("6.12");
    Guest guest = new Guest(kernel);
    Path file =
        Programs.compile(
            folder,
            "ends",
            """
            #include <fcntl.h>
            #include <signal.h>
            #include <unistd.h>
            int main(int n, char **v) {
              switch (v[1][0]) {
                case 's': raise(SIGSEGV); break;
                case 'p': write(open("/proc/sysrq-trigger", O_WRONLY), "c", 1); break;
                case 'h': pause(); break;
              }
              return 0;
            }
            """);
    assertThat(guest.run(spec(with(file, "s"), Recording.Source.LOG), NOBODY).signal())
        .isEqualTo(11);
    assertThatThrownBy(() -> guest.run(spec(with(file, "p"), Recording.Source.LOG), NOBODY))
        .isInstanceOfSatisfying(
            GuestFailure.class, e -> assertThat(e.kind()).isEqualTo(GuestFailure.Kind.PANIC))
        .hasMessageContaining("Kernel panic")
        .hasMessageContaining("sysrq");
    List<Recording> cut = new ArrayList<>();
    GuestLimits limits = new GuestLimits(Duration.ofMinutes(5), Duration.ofSeconds(20), 64 << 20);
    GuestSpec hang = new GuestSpec(with(file, "h"), GuestFiles.NONE, limits, Recording.Source.LOG);
    CallWatcher pauses =
        new CallWatcher() {
          @Override
          public boolean entered(GuestCall call, GuestView guest) {
            return call.number() == PAUSE;
          }

          @Override
          public void recorded(GuestCall call, Recording recording) {
            cut.add(recording);
          }
        };
    assertThatThrownBy(() -> guest.run(hang, pauses))
        .isInstanceOfSatisfying(
            GuestFailure.class, e -> assertThat(e.kind()).isEqualTo(GuestFailure.Kind.TIMEOUT))
        .hasMessageContaining("no system call");
    assertThat(cut).hasSize(1);
    assertThat(cut.get(0).result()).isEmpty();
    assertThat(cut.get(0).note()).isNotEmpty();
  }

  private GuestProgram with(Path file, String argument) {
    return GuestProgram.of(file, List.of(file.toString(), argument), System.getenv(), folder);
  }

  @Test
  void guestsRunSideBySide() {
    GuestKernel kernel = TestKernels.series("6.12");
    Path file =
        Programs.compile(
            folder, "say", "#include <stdio.h>\nint main(int n, char **v) { puts(v[1]); }");
    List<CompletableFuture<GuestResult>> runs = new ArrayList<>();
    for (String each : List.of("one", "two")) {
      runs.add(
          CompletableFuture.supplyAsync(
              () -> new Guest(kernel).run(spec(with(file, each), Recording.Source.LOG), NOBODY)));
    }
    assertThat(runs.stream().map(each -> new String(each.join().output(), StandardCharsets.UTF_8)))
        .containsExactly("one\n", "two\n");
  }

  @Test
  void aLibraryThatIsNowhereIsNamed() {
    GuestKernel kernel = TestKernels.series("6.12");
    Path library = Programs.compile(folder, "libgone.so", "int gone;", "-shared", "-fPIC");
    Path file =
        Programs.compile(
            folder, "lost", "extern int gone; int main(void) { return gone; }", library.toString());
    assertThat(library.toFile().delete()).isTrue();
    assertThatThrownBy(
            () -> new Guest(kernel).run(GuestSpec.of(program(file), GuestFiles.NONE), NOBODY))
        .isInstanceOfSatisfying(
            GuestFailure.class, e -> assertThat(e.kind()).isEqualTo(GuestFailure.Kind.FILES))
        .hasMessageContaining("libgone.so");
  }

  @Test
  void aKilledTraplineLeavesNoQemu() throws Exception {
    TestKernels.series("6.12");
    Path file =
        Programs.compile(
            folder, "wait", "#include <unistd.h>\nint main(void) { pause(); }", "-static");
    Process killed =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledGuest.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    try (java.io.BufferedReader said =
        new java.io.BufferedReader(
            new java.io.InputStreamReader(killed.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo("waiting");
      ProcessHandle emulator = killed.descendants().findFirst().orElseThrow();
      killed.destroyForcibly().waitFor();
      emulator.onExit().get(2, java.util.concurrent.TimeUnit.MINUTES);
      assertThat(emulator.isAlive()).isFalse();
    }
  }

  /// Runs a guest until it is killed.
  static final class KilledGuest {
    private KilledGuest() {}

    public static void main(String[] arguments) {
      Path file = Path.of(arguments[0]);
      GuestProgram program =
          GuestProgram.of(file, List.of("wait"), java.util.Map.of(), file.getParent());
      new Guest(TestKernels.series("6.12"))
          .run(
              GuestSpec.of(program, GuestFiles.NONE),
              new CallWatcher() {
                @Override
                public boolean entered(GuestCall call, GuestView guest) {
                  if (call.number() == PAUSE) {
                    System.out.println("waiting");
                  }
                  return false;
                }

                @Override
                public void recorded(GuestCall call, Recording recording) {
                  throw new AssertionError("nothing was to be recorded");
                }
              });
    }
  }

  /// Of many calls a guest is stopped only at those that are like a pattern, and at those that make
  /// threads and programs.
  @Test
  void onlyCallsThatMayBeWantedStop() {
    GuestKernel kernel = TestKernels.series("6.12");
    Path file =
        Programs.compile(
            folder,
            "many",
            """
            #include <sys/syscall.h>
            #include <sys/wait.h>
            #include <unistd.h>
            int main(int n, char **v) {
              for (int i = 0; i < 20000; i++) {
                syscall(SYS_getppid);
                if (i % 5000 == 0) syscall(SYS_lseek, i, 7, 99);
                if (i % 5000 == 1) syscall(SYS_lseek, 0, 7, 98);
              }
              if (n > 1) return 3;
              if (fork() == 0) execl(v[0], v[0], "again", (char *) 0);
              wait(0);
              execl("/nowhere", "x", (char *) 0);
              return 5;
            }
            """);
    List<String> told = new ArrayList<>();
    GuestResult result =
        new Guest(kernel)
            .run(
                spec(program(file), Recording.Source.LOG),
                new CallWatcher() {
                  @Override
                  public CallSelection selection() {
                    return CallSelection.like(
                        List.of(new CallPattern(8, -1, 0b110, List.of(0, 7, 99, 0, 0, 0))));
                  }

                  @Override
                  public boolean entered(GuestCall call, GuestView guest) {
                    String first = call.number() == 8 ? " " + call.arguments().getFirst() : "";
                    told.add(call.thread() + " enters " + call.number() + first);
                    return false;
                  }

                  @Override
                  public void recorded(GuestCall call, Recording recording) {
                    // Nothing is recorded.
                  }

                  @Override
                  public void made(int creator, int thread) {
                    told.add(creator + " makes " + thread);
                  }

                  @Override
                  public void executed(int thread) {
                    told.add(thread + " executes");
                  }
                });
    assertThat(result.exitStatus()).isEqualTo(5);
    assertThat(told.stream().filter(each -> !each.contains(" enters 56")))
        .containsExactly(
            "1 executes",
            "1 enters 8 0",
            "1 enters 8 5000",
            "1 enters 8 10000",
            "1 enters 8 15000",
            "1 makes 2",
            "2 enters 59",
            "2 executes",
            "2 enters 8 0",
            "2 enters 8 5000",
            "2 enters 8 10000",
            "2 enters 8 15000",
            "1 enters 59");
  }
}
