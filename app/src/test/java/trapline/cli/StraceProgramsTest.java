package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.testing.Tools;

/// Strangers' programs make the same calls with the same values under trapline and under strace,
/// but for what `strace-differences.txt` names. `-Dtrapline.programs=NAME,…` runs chosen ones of
/// `strace-programs.txt`, `all` every one; without it the quick ones run. A table is printed then.
@Tag("host")
class StraceProgramsTest {
  private static final int SECONDS = 1200;
  private static final String CHOSEN = System.getProperty("trapline.programs", "");
  private static final List<String> TABLE = new ArrayList<>();

  @TempDir Path folder;

  static Stream<RealProgram> programs() {
    return RealProgram.chosen(CHOSEN);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void asUnderStrace(RealProgram program) throws IOException {
    Tools.requireVersion("strace", "6.1");
    Tools.require("setarch");
    Tools.require(program.needed());
    program.prepare(folder);
    Path out = Files.createDirectory(folder.resolve("strace"));
    List<String> command = program.command();
    Map<String, List<CallLine>> theirs = CallLine.ofStrace(folder, out, command, SECONDS);
    program.prepare(folder);
    Follow run = Follow.fixed(folder, List.of("--all"), command);
    Map<String, List<CallLine>> ours = CallLine.of(run);
    StraceDifference difference =
        new StraceDifference(new DifferenceRules(program.name()), ours, theirs);
    TABLE.add(row(program.name(), ours.size(), difference));
    assertThat(difference.equal()).as(run.err()).isGreaterThan(15);
    assertThat(difference.differences()).as(program.name()).isEmpty();
  }

  private static String row(String name, int threads, StraceDifference difference) {
    StringBuilder row = new StringBuilder();
    row.append(
        String.format(
            "%-11s %7d %7d %7d %8d %6d",
            name,
            threads,
            difference.equal(),
            difference.ruled(),
            difference.unmatched(),
            difference.differences().size()));
    difference
        .reasons()
        .forEach((rule, times) -> row.append(String.format("%n    %6d %s", times, rule)));
    return row.toString();
  }

  @AfterAll
  static void print() {
    if (!CHOSEN.isEmpty()) {
      System.out.println("program     threads   equal by rule  one run differ");
      TABLE.forEach(System.out::println);
    }
  }
}
