package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Which failed calls `why` explains, and which one first.
@Tag("host")
class FailureChoiceTest {
  /// Looks for a file in three directories before it finds it, gives up because of another one, and
  /// says so as programs do, through a message catalog that is not there.
  private static final String PROGRAM =
      """
      #include <errno.h>
      #include <fcntl.h>
      #include <stdio.h>
      #include <string.h>
      #include <unistd.h>
      int main(int n, char **v) {
        access("one/tool", X_OK);                      // first directory
        access("two/tool", X_OK);                      // second directory
        if (access("bin/tool", X_OK) == 0) chdir("."); // found
        access("three/tool", X_OK);                    // gone again
        open("one/settings", O_RDONLY);                // sought first
        open("two/settings", O_RDONLY);                // sought last
        if (open("needed/file", O_RDONLY) < 0) {       // needed
          int error = errno;
          open("/usr/share/locale/xx/messages.mo", O_RDONLY); // catalog
          close(-7);                                   // after
          if (n > 1) fprintf(stderr, "cannot read needed/file: %s\\n", strerror(error));
        }
        return 3;
      }
      """;

  @TempDir private Path folder;

  private List<String> comments(Why why) {
    return new ArrayList<>(why.byComment().keySet());
  }

  private Path program() throws IOException {
    Tools.require("gcc");
    for (String each : List.of("one", "two", "bin", "needed")) {
      Files.createDirectory(folder.resolve(each));
    }
    Files.createFile(folder.resolve("bin/tool"));
    assertThat(folder.resolve("bin/tool").toFile().setExecutable(true)).isTrue();
    return Programs.compile(folder, "program", PROGRAM, "-g", "-w");
  }

  @Test
  void whatTheMessageNamesIsFirstAndLookUpsAreFolded() throws IOException {
    Path program = program();
    Why why = Why.run(folder, List.of("--observe", "off", program.toString(), "loud"));
    assertThat(comments(why)).containsExactly("needed", "gone again", "sought last", "after");
    assertThat(why.err())
        .contains("3 look-ups failed on the way to a file that was found")
        .contains("(tool, messages.mo)")
        .contains("settings was looked for in 2 places and found in none")
        .contains("gave up after the call that is explained first: its last message names");
  }

  @Test
  void withoutAMessageTheLastCallIsFirst() throws IOException {
    Path program = program();
    Why why = Why.run(folder, List.of("--observe", "off", program.toString()));
    assertThat(comments(why)).containsExactly("after", "gone again", "sought last", "needed");
    assertThat(why.err()).contains("explained first: it is the last call that failed");
  }

  @Test
  void allAreInTheOrderOfTheRun() throws IOException {
    Path program = program();
    Why why = Why.run(folder, List.of("--observe", "off", "--all", program.toString(), "loud"));
    assertThat(comments(why))
        .containsExactly(
            "first directory",
            "second directory",
            "gone again",
            "sought first",
            "sought last",
            "needed",
            "catalog",
            "after");
    assertThat(why.err()).doesNotContain("look-up");
  }
}
