package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// What the kernel wrote is shown as it was when the call returned, though the program overwrites
/// all of it in its next instructions.
@Tag("host")
class OverwrittenTest {
  /// What the program writes there: each byte is 0xff.
  private static final List<String> ONES =
      List.of("\\377", "\\xff\\xff", "0xffffffff", "18446744073709551615", "4294967295");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"-DITSELF", "-DLIBRARY"})
  void asTheKernelLeftIt(String option) throws IOException {
    Tools.require("strace", "setarch");
    Path program =
        Programs.compile(
            folder, "overwritten", Matrix.source("overwritten.c"), "-O1", "-w", option);
    Path out = Files.createDirectory(folder.resolve("strace"));
    List<String> command = List.of(program.toString(), folder.resolve("work").toString());
    Files.createDirectory(folder.resolve("work"));
    Map<String, List<CallLine>> theirs = CallLine.ofStrace(folder, out, command, 60);
    Files.move(folder.resolve("work"), folder.resolve("before"));
    Files.createDirectory(folder.resolve("work"));
    Follow run = Follow.fixed(folder, List.of("--all"), command).orFail();
    Map<String, List<CallLine>> ours = CallLine.of(run);
    StraceDifference difference = new StraceDifference(new DifferenceRules(""), ours, theirs);
    assertThat(difference.differences()).isEmpty();
    assertThat(difference.equal() + difference.ruled()).isGreaterThan(150);
    // Nor where the runs may differ.
    assertThat(ones(ours)).isEqualTo(ones(theirs));
  }

  private static List<String> ones(Map<String, List<CallLine>> run) {
    return run.get("0").stream()
        .filter(line -> ONES.stream().anyMatch(line.text()::contains))
        .map(CallLine::name)
        .toList();
  }
}
