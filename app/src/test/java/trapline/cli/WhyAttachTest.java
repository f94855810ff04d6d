package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// `why -p`: calls that fail in a process that runs already.
@Tag("host")
class WhyAttachTest {
  /// Fails in two places for ever, and says when it has begun.
  private static final String PROGRAM =
      """
      #include <fcntl.h>
      #include <stdio.h>
      #include <unistd.h>
      int main() {
        printf("begun\\n");
        fflush(stdout);
        for (;;) {
          close(-5);                          // first
          open("/dev/null/x", O_RDONLY);      // second
          usleep(1000);
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void untilTheWantedCallHasFailedAndTheProcessGoesOn() throws Exception {
    Process process = begin();
    try {
      String id = Long.toString(process.pid());
      Why why = Why.run(folder, List.of("-p", id, "--observe", "off", "--nth", "2"));
      assertThat(why.status()).as(why.err()).isEqualTo(ExitStatus.DONE);
      assertThat(why.answers()).hasSize(1); // which of the two it is depends on when it attached
      Why opened = Why.run(folder, List.of("-p", id, "--call", "openat", "--nth", "1"));
      assertThat(opened.byComment()).containsOnlyKeys("second");
      assertThat(opened.answers().getFirst().toString())
          .contains("/dev/null is a character device, not a directory");
      assertThat(process.isAlive()).isTrue();
      Why named = Why.run(folder, List.of("-p", id, "--call", "close", "--nth", "1"));
      assertThat(named.byComment()).containsOnlyKeys("first");
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aGuestCannotRunAProcessThatRunsAlready() {
    Command vm = Cli.run(folder, "why", "-p", "1", "--observe", "vm");
    assertThat(vm.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(vm.err()).contains("a guest runs a program once more").hasLineCount(1);
    Command both = Cli.run(folder, "why", "-p", "1", "true");
    assertThat(both.status()).isEqualTo(ExitStatus.USAGE);
    Command none = Cli.run(folder, "why", "-p", "0");
    assertThat(none.status()).isEqualTo(ExitStatus.USAGE);
  }

  private Process begin() throws IOException {
    Tools.require("gcc");
    Path program = Programs.compile(folder, "program", PROGRAM, "-g", "-w");
    Process process = new ProcessBuilder(program.toString()).start();
    BufferedReader out =
        new BufferedReader(
            new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo("begun");
    return process;
  }
}
