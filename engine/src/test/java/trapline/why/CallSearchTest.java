package trapline.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.abi.SyscallTable;
import trapline.decode.ArgumentDecoder;
import trapline.decode.Limits;
import trapline.follow.FailureSession;
import trapline.follow.FailureSession.Failure;
import trapline.follow.PathArguments;
import trapline.follow.RunNotes;
import trapline.follow.RunProgress;
import trapline.follow.SessionSetup;
import trapline.journey.JourneyBuilder;
import trapline.journey.OwnCode;
import trapline.journey.SourceText;
import trapline.kernel.KernelHops;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.RunningKernel;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.ptrace.LaunchSpec;
import trapline.linux.ptrace.Tracer;
import trapline.linux.vm.CallWatcher;
import trapline.linux.vm.Guest;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestFiles;
import trapline.linux.vm.GuestKernel;
import trapline.linux.vm.GuestKernels;
import trapline.linux.vm.GuestProgram;
import trapline.linux.vm.GuestProgress;
import trapline.linux.vm.GuestSpec;
import trapline.linux.vm.GuestView;
import trapline.linux.vm.Recording;
import trapline.model.Abi;
import trapline.model.CallKey;
import trapline.model.KeyArgument;
import trapline.model.Outcome;
import trapline.model.SyscallId;
import trapline.testing.CloudKernels;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Programs of several processes, run here and in a guest: each call that fails says which one it
/// is, by a number in an argument or in a path that the matching does not look at. What is found
/// must be the same call; what fails the same way in both runs must be found.
///
/// `-Dtrapline.matching=all` runs all the programs, and prints a table.
@Tag("vm")
class CallSearchTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", "LANG", "C.UTF-8");

  private static final Pattern MISSING = Pattern.compile("missing-([0-9]+[a-d]?)");
  private static final KernelIndex INDEX = KernelIndexSet.embedded().series("6.12").orElseThrow();

  private static final double WANTED_SHARE = 0.95;

  @TempDir private Path folder;

  /// What became of one program's calls.
  record Score(String program, int failed, int both, int found, Set<String> wrong, double seconds) {
    static String head() {
      return String.format(
          "%-12s %7s %7s %7s %7s %7s %6s",
          "program", "failed", "in both", "found", "not", "wrong", "time");
    }

    String row() {
      return String.format(
          Locale.ROOT,
          "%-12s %7d %7d %7d %7d %7d %4.1f s",
          program,
          failed,
          both,
          found,
          both - found,
          wrong.size(),
          seconds);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"skips.c", "callers.c", "again.c"})
  void whatFailsInBothRunsIsFound(String program) throws IOException {
    check(score(program));
  }

  @Test
  void allPrograms() throws IOException {
    String chosen = System.getProperty("trapline.matching");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        chosen != null, "-Dtrapline.matching=all, or names of programs");
    List<Score> scores = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/trapline/why/programs"))) {
      for (Path each : files.sorted().toList()) {
        String name = each.getFileName().toString();
        boolean wanted = "all".equals(chosen) || List.of(chosen.split(",")).contains(name);
        if (wanted && !name.endsWith(".h")) {
          scores.add(score(name));
          System.out.println(Score.head());
          scores.forEach(score -> System.out.println(score.row()));
        }
      }
    }
    scores.forEach(CallSearchTest::check);
  }

  private static void check(Score score) {
    assertThat(score.wrong()).as(score.row()).isEmpty();
    assertThat(score.both()).as(score.row()).isPositive();
    assertThat((double) score.found())
        .as(score.row())
        .isGreaterThanOrEqualTo(WANTED_SHARE * score.both());
  }

  private Score score(String program) throws IOException {
    Path file = prepare(program);
    GuestKernel kernel =
        new GuestKernels(GuestProgress.NONE)
            .find(CloudKernels.chosen("trapline.matching.kernel", "6.12").toString());
    RunNotes notes = new RunNotes(Files.createDirectories(folder.resolve("copies-" + program)));
    FailureSession.Result run = runHere(file, notes);
    List<Failure> wanted = new ArrayList<>();
    for (Failure each : run.failures()) {
      if (name(each.key()) != null && !each.startup()) {
        wanted.add(each);
      }
    }
    GuestSpec spec = spec(file, notes);
    Set<String> there = madeThere(kernel, spec);
    long start = System.nanoTime();
    Map<Integer, String> found = new TreeMap<>();
    search(kernel, spec, wanted, notes, found);
    double seconds = (System.nanoTime() - start) / 1e9;
    Set<String> wrong = new TreeSet<>();
    Set<String> names = new HashSet<>();
    Set<String> right = new HashSet<>();
    for (int i = 0; i < wanted.size(); i++) {
      String name = Objects.requireNonNull(name(wanted.get(i).key()));
      names.add(name);
      String other = found.get(i);
      if (other != null && !other.equals(name)) {
        wrong.add(name + " taken for " + other);
      } else if (other != null) {
        right.add(name);
      }
    }
    Set<String> both = new HashSet<>(names);
    both.retainAll(there);
    Set<String> not = new TreeSet<>(both);
    not.removeAll(right);
    if (!not.isEmpty() || !wrong.isEmpty()) {
      System.out.println(program + " not found " + not + ", wrong " + wrong);
    }
    right.retainAll(both);
    return new Score(program, names.size(), both.size(), right.size(), wrong, seconds);
  }

  private Path prepare(String program) throws IOException {
    Path copy = folder.resolve(program);
    Files.write(folder.resolve("suite.h"), resource("suite.h"));
    Files.write(copy, resource(program));
    if (program.endsWith(".c")) {
      String source = new String(resource(program), StandardCharsets.UTF_8);
      String name = program.replace(".c", "");
      return Programs.compile(folder, name, source, "-g", "-O1", "-pthread", "-I" + folder);
    }
    Tools.require(
        switch (program) {
          case "python.py" -> new String[] {"python3"};
          case "perl.pl" -> new String[] {"perl"};
          case "make.sh", "jobs.sh" -> new String[] {"make"};
          case "git.sh", "hooks.sh" -> new String[] {"git"};
          default -> new String[] {"bash"};
        });
    assertThat(copy.toFile().setExecutable(true)).isTrue();
    return copy;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(CallSearchTest.class.getResourceAsStream("programs/" + name))) {
      return in.readAllBytes();
    }
  }

  private static FailureSession.Result runHere(Path file, RunNotes notes) {
    JourneyBuilder builder =
        new JourneyBuilder(
            new KernelHops(INDEX, "embedded index", null, RunningKernel.NONE),
            new ArgumentDecoder(),
            SourceText.NONE,
            new OwnCode(List.of(), path -> path));
    LaunchSpec spec =
        new LaunchSpec(file, List.of(file.toString()), ENVIRONMENT, Path.of("").toAbsolutePath());
    try (Tracer tracer = Tracer.launch(spec)) {
      return new FailureSession(
              SessionSetup.of(tracer, builder, new ObjectFiles(), Limits.DEFAULT).with(notes),
              failures -> false,
              RunProgress.NONE)
          .run();
    }
  }

  private static GuestSpec spec(Path file, RunNotes notes) {
    return GuestSpec.of(
        GuestProgram.of(file, List.of(file.toString()), ENVIRONMENT, Path.of("").toAbsolutePath()),
        new GuestFiles(
            List.of(),
            List.copyOf(notes.files().opened()),
            notes.files().copies(),
            notes.files().made(),
            List.of()));
  }

  /// The names of the calls that a guest's run makes.
  private static Set<String> madeThere(GuestKernel kernel, GuestSpec spec) {
    Set<String> made = new HashSet<>();
    trapline.follow.RunTree tree = new trapline.follow.RunTree(false);
    Guest guest = new Guest(kernel);
    List<trapline.linux.vm.CallPattern> patterns = new ArrayList<>();
    SyscallTable table = SyscallTable.of(Abi.X86_64);
    for (String each :
        List.of(
            "lseek",
            "socket",
            "openat",
            "fcntl",
            "ioctl",
            "shmctl",
            "msgctl",
            "newfstatat",
            "stat",
            "unlinkat",
            "unlink",
            "rmdir",
            "statx",
            "access",
            "faccessat",
            "faccessat2",
            "lstat",
            "open")) {
      trapline.abi.SyscallSignature signature = table.byName(each);
      if (signature != null) {
        patterns.add(
            new trapline.linux.vm.CallPattern(
                (int) signature.number(), -1, 0, List.of(0, 0, 0, 0, 0, 0)));
      }
    }
    guest.run(
        spec,
        new CallWatcher() {
          @Override
          public trapline.linux.vm.CallSelection selection() {
            return trapline.linux.vm.CallSelection.like(patterns);
          }

          @Override
          public boolean entered(GuestCall call, GuestView view) {
            SyscallId id = new SyscallId(call.abi(), call.number());
            CallKey key =
                tree.entered(
                    call.thread(),
                    id,
                    call.ip(),
                    call.arguments(),
                    PathArguments.read(id, call.arguments(), view.memory()));
            String name = name(key);
            if (name != null) {
              made.add(name);
            }
            return false;
          }

          @Override
          public void recorded(GuestCall call, Recording recording) {
            // Nothing is recorded.
          }
        });
    return made;
  }

  private static void search(
      GuestKernel kernel,
      GuestSpec spec,
      List<Failure> wanted,
      RunNotes notes,
      Map<Integer, String> found) {
    Map<CallMatch.Match, String> possible = new java.util.HashMap<>();
    List<CallKey> keys = wanted.stream().map(Failure::key).toList();
    trapline.follow.RunTree tree = new trapline.follow.RunTree(false);
    Map<GuestCall, String> names = new java.util.HashMap<>();
    CallSearch search =
        new CallSearch(
            keys,
            notes.tree(),
            new PathNames(notes.tree().paths()),
            new CallSearch.Finder() {
              @Override
              public boolean seen(CallMatch.Match match, GuestCall call, Recording recording) {
                possible.put(match, names.getOrDefault(call, "?"));
                Predicate<Outcome> same =
                    outcome ->
                        outcome instanceof Outcome.Failed failed
                            && recording.result().isPresent()
                            && recording.result().getAsLong() == -failed.errno().number();
                return same.test(wanted.get(match.wanted()).journey().outcome());
              }

              @Override
              public void found(CallMatch.Match match) {
                found.put(match.wanted(), Objects.requireNonNull(possible.get(match)));
              }
            });
    CallWatcher naming =
        new CallWatcher() {
          @Override
          public trapline.linux.vm.CallSelection selection() {
            return search.selection();
          }

          @Override
          public boolean entered(GuestCall call, GuestView view) {
            SyscallId id = new SyscallId(call.abi(), call.number());
            String name =
                name(
                    tree.entered(
                        call.thread(),
                        id,
                        call.ip(),
                        call.arguments(),
                        PathArguments.read(id, call.arguments(), view.memory())));
            names.put(call, name == null ? "?" : name);
            return search.entered(call, view);
          }

          @Override
          public void recorded(GuestCall call, Recording recording) {
            search.recorded(call, recording);
          }

          @Override
          public void made(int creator, int thread) {
            search.made(creator, thread);
          }

          @Override
          public void executed(int thread) {
            search.executed(thread);
          }
        };
    try {
      new Guest(kernel).run(spec, naming);
      search.finish();
    } catch (CallSearch.AllFound e) {
      return;
    }
  }

  /// Which call of its program this is; `null` when it does not say.
  private static @org.jspecify.annotations.Nullable String name(CallKey key) {
    for (KeyArgument each : key.arguments()) {
      if (each.kind() == KeyArgument.Kind.ADDRESS && (each.value() & (1 << 24) - 1) == 1 << 23) {
        return key.id().number() + ":" + (each.value() >> 24 & 0xfffff);
      }
    }
    for (String each : key.paths()) {
      Matcher matcher = MISSING.matcher(each);
      if (matcher.find()) {
        return key.id().number() + ":" + matcher.group(1) + ":" + key.occurrence() * 0;
      }
    }
    return null;
  }
}
