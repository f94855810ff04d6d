package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.testing.Command;

/// What keeps Java from starting is said before it is tried.
@Tag("host")
class LauncherTest {
  private static final Path TOOLS = Path.of("..", "tools").toAbsolutePath().normalize();

  private static Command bash(String script) {
    return Command.runIn(TOOLS, List.of("bash", "-c", script));
  }

  @Test
  void tooLittleMemory() {
    Command run = bash("ulimit -v 1000000; ./run /no/jdk /no/build follow ls");
    assertThat(run.status()).isEqualTo(ExitStatus.NO_MEMORY);
    assertThat(run.err()).startsWith("trapline: ulimit -v 1000000 leaves").hasLineCount(1);
  }

  @Test
  void aPlaceThatCannotBeBuiltIn() {
    Command run = bash("./build .. /proc/no/place");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("cannot be written to").hasLineCount(1);
  }
}
