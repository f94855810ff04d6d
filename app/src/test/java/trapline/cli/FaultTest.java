package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.CloudKernels;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Each call that makes or changes a file fails once: no room, no permission, no answer from the
/// disk. The command then ends as the README says, tells why in one line, and leaves nothing.
///
/// `-Dtrapline.faults=all` tries every error at every call, `-Dtrapline.faults=libc` only with the
/// command of this name; a usual run only a full disk.
@Tag("host")
class FaultTest {
  private static final String CHOSEN = System.getProperty("trapline.faults", "");
  private static final boolean ALL = !CHOSEN.isEmpty();

  /// More calls than any of the commands makes.
  private static final int MOST_CALLS = 400;

  private static final int ENOSPC = 28;

  /// `errno` by name; `EINTR` is what a signal does.
  private static final Map<String, Integer> ERRORS =
      ALL
          ? Map.of("ENOSPC", ENOSPC, "EACCES", 13, "EIO", 5, "EROFS", 30, "EDQUOT", 122, "EINTR", 4)
          : Map.of("ENOSPC", ENOSPC);

  /// Guests' kernels that have been booted before.
  private static final String CACHE =
      Objects.requireNonNullElse(
          System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home") + "/.cache");

  /// What a build says on its way.
  private static final String PROGRESS =
      "trapline: (log: |configuring |building |installing |continuing |unpacking |with ).*[^;]";

  private static final Set<Integer> DOCUMENTED = Set.of(0, 1, 3, 6, 7, 8);

  @TempDir private static Path folder;
  private static Path library = Path.of("");
  private static Path tree = Path.of("");
  private static Path program = Path.of("");
  private static Path source = Path.of("");

  @BeforeAll
  static void prepare() throws IOException {
    Tools.require("gcc");
    library = library(folder);
    TrainingTree.commands(folder);
    tree = folder.resolve("tree");
    program =
        Files.writeString(
            folder.resolve("program.c"),
            "#include <unistd.h>\nint main(void) { return access(\"/none\", 0) ? 0 : 1; }\n");
    source = LibcSources.packed(folder);
    Programs.compile(folder, "warm", "int main(void) { return 0; }\n");
  }

  /// Compiles what is preloaded.
  static Path library(Path folder) throws IOException {
    Path source = folder.resolve("faults.c");
    try (var in = FaultTest.class.getResourceAsStream("faults.c")) {
      Files.write(source, Objects.requireNonNull(in).readAllBytes());
    }
    Path made = folder.resolve("faults.so");
    Command.run("gcc", "-shared", "-fPIC", "-o", made.toString(), source.toString()).orFail();
    return made;
  }

  @TestFactory
  Stream<DynamicTest> everyCallFails() {
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("index to a file", List.of("index", tree.toString(), "-o", "OUT"));
    commands.put("index to the cache", List.of("index", tree.toString()));
    commands.put("follow a source", List.of("follow", "-o", "OUT", program.toString()));
    commands.put("build a C library", List.of("libc", "build", source.toString()));
    if (ALL) {
      commands.put(
          "why a source", List.of("why", "--observe", "off", "-o", "OUT", program.toString()));
      String image = CloudKernels.series("6.12").toString();
      commands.put(
          "why in a guest",
          List.of(
              "why", "--observe", "vm", "--guest-kernel", image, "-o", "OUT", program.toString()));
    }
    if (ALL && !CHOSEN.equals("all")) {
      commands.values().removeIf(command -> !command.getFirst().equals(CHOSEN));
    }
    List<DynamicTest> tests = new ArrayList<>();
    commands.forEach(
        (name, command) ->
            ERRORS.forEach(
                (error, number) -> {
                  if (!command.contains("vm") || number == ENOSPC) { // a run takes seconds
                    tests.add(
                        DynamicTest.dynamicTest(
                            name + ": " + error, () -> failing(command, error, number)));
                  }
                }));
    return tests.stream();
  }

  private static void failing(List<String> command, String error, int number) throws IOException {
    for (int at = 1; at < MOST_CALLS; at = next(at)) {
      Path place = Files.createTempDirectory(folder, "place");
      Path said = folder.resolve("said");
      Files.deleteIfExists(said);
      List<String> words = new ArrayList<>();
      command.forEach(each -> words.add(each.equals("OUT") ? place + "/out" : each));
      Command run = run(words, place, said, at, number);
      String call = Files.exists(said) ? Files.readString(said).strip() : "";
      String what = error + " at call " + at + " (" + call + "): " + run.err();
      assertThat(run.status()).as(what).isIn(DOCUMENTED);
      assertThat(run.err()).as(what).doesNotContain("Exception", "java.", "defect", "\tat ");
      if (run.status() != 0) {
        List<String> told = run.err().lines().filter(FaultTest::isReason).toList();
        assertThat(told).as(what).containsExactly(run.err().lines().toList().getLast());
      }
      try (Stream<Path> left = Files.walk(place)) {
        assertThat(left.map(each -> String.valueOf(each.getFileName())))
            .as(what)
            .noneMatch(
                each ->
                    each.endsWith(".part")
                        || each.startsWith("trapline-")
                        || each.startsWith(".trapline-stage"));
      }
      if (command.getFirst().equals("index") && run.status() != 0) {
        assertThat(place.resolve("out")).as(what).doesNotExist();
      }
      if (command.getFirst().equals("libc")) {
        requireBuilt(run.status() == 0, place, what);
        assertThat(run.err()).as(what).doesNotContain("damaged");
        if (ALL && run.status() != 0) {
          Command again = run(words, place, said, Integer.MAX_VALUE, number);
          assertThat(again.status()).as(what + ", and then " + again.err()).isZero();
          requireBuilt(true, place, what);
        }
      }
      if (call.isEmpty()) {
        assertThat(at).as("no call was seen to fail").isGreaterThan(1);
        return;
      }
    }
    throw new AssertionError("more than " + MOST_CALLS + " calls");
  }

  /// Whether a line says why a command ended, and not what it does.
  private static boolean isReason(String line) {
    return line.startsWith("trapline: ") && !line.matches(PROGRESS);
  }

  /// A library is registered only when it is whole.
  private static void requireBuilt(boolean whole, Path place, String what) {
    Path data = place.resolve("trapline");
    Path name = data.resolve("libcs").resolve(LibcSources.NAME);
    Path library = data.resolve("libc-prefixes").resolve(LibcSources.NAME).resolve("lib/libc.so");
    if (whole) {
      assertThat(name).as(what).isNotEmptyFile();
    }
    if (Files.exists(name)) {
      assertThat(library).as(what).hasSameBinaryContentAs(LibcSources.library(folder));
    }
  }

  /// A usual run leaves some out where many alike follow each other.
  private static int next(int at) {
    return ALL || at < 4 ? at + 1 : at * 2;
  }

  private static Command run(List<String> words, Path place, Path said, int at, int number) {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "env",
            "LD_PRELOAD=" + library,
            "TMPDIR=" + place,
            "XDG_CACHE_HOME=" + (words.contains("vm") ? CACHE : place),
            "XDG_RUNTIME_DIR=" + place,
            "XDG_DATA_HOME=" + place,
            "FAULT_BELOW=" + place,
            "FAULT_SAID=" + said,
            "FAULT_AT=" + at,
            "FAULT_ERRNO=" + number));
    if (number == ENOSPC || number == 30 || number == 122) {
      command.add("FAULT_LASTS=1");
    }
    command.addAll(Cli.command(words.toArray(new String[0])));
    return Command.runIn(folder, command);
  }
}
