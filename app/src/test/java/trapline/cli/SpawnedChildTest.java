package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Command;
import trapline.testing.Programs;

/// A child that the C library makes has a stack of its own, with none of the program's code on it.
@Tag("host")
class SpawnedChildTest {
  private static final String SOURCE =
      """
      #include <spawn.h>
      #include <stdlib.h>
      #include <sys/wait.h>
      #include <unistd.h>
      extern char **environ;
      int main(void) {
        char *words[] = {"x", 0};
        pid_t child;
        CALL;
        return 0;
      }
      """;

  @TempDir Path folder;

  private String follow(String call, String... options) {
    Programs.compile(folder, "program", SOURCE.replace("CALL", call), "-g", "-w");
    String[] command = new String[options.length + 4];
    command[0] = "follow";
    System.arraycopy(options, 0, command, 1, options.length);
    System.arraycopy(
        new String[] {"--call", "execve", "./program"}, 0, command, options.length + 1, 3);
    Command run = Cli.run(folder, command);
    assertThat(run.out()).as(run.err()).contains("execve(");
    return run.out();
  }

  @ParameterizedTest
  @CsvSource({
    "'posix_spawn(&child, \"/nope/x\", 0, 0, words, environ)'",
    "'posix_spawnp(&child, \"/bin/true\", 0, 0, words, environ)'",
    "system(\"exit 3\")",
  })
  void noneOfTheUsersCodeIsOnItsStack(String call) {
    assertThat(follow(call))
        .containsPattern("│ source +– only the C library's code is on this stack\n")
        .containsPattern("│ called from .*__spawni_child ");
  }

  @Test
  void aChildOfVforkIsOnItsMakersStack() {
    assertThat(follow("if (vfork() == 0) { execve(\"/nope/x\", words, environ); _exit(1); }"))
        .containsPattern("│ source +if \\(vfork\\(\\) == 0\\)");
  }

  @Test
  void itIsSaidWhyThereAreNoSteps() {
    assertThat(follow("posix_spawn(&child, \"/nope/x\", 0, 0, words, environ)", "--steps"))
        .contains("note steps: on the way the thread blocked or ignored SIGTRAP")
        .doesNotContain("\nSTEPS");
  }
}
