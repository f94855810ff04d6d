package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Calls that fail without end: they are counted, and what is left out is said.
@Tag("host")
class ManyFailuresTest {
  private static final String PROGRAM =
      """
      #include <fcntl.h>
      #include <sys/socket.h>
      #include <unistd.h>
      int main(void) {
        for (int i = 0; i < 300; i++) open("/none/of/these", O_RDONLY); // the same
        for (int i = 0; i < 100; i++) lseek(99, i, SEEK_SET);           // others
        for (int i = 0; i < 5; i++) {
          int new = socket(AF_UNIX, SOCK_STREAM, 0);
          listen(new, 1);                                               // another socket
          close(new);
        }
        for (int i = 500; i < 900; i++) close(i);                       // all there may be
        close(-1);                                                      // never one
      }
      """;

  @TempDir private Path folder;

  @Test
  void theyAreCounted() {
    Tools.require("gcc");
    Path program = Programs.compile(folder, "program", PROGRAM, "-g", "-w");
    Why why = Why.run(folder, List.of("--observe", "off", "--all", program.toString()));
    assertThat(why.byComment().get("the same").get("error").get("times").asInt()).isEqualTo(300);
    assertThat(why.byComment().get("another socket").get("error").get("times").asInt())
        .isEqualTo(5);
    assertThat(why.byComment().get("all there may be").get("error").get("times").asInt())
        .isEqualTo(400);
    assertThat(why.byComment()).containsKey("never one");
    assertThat(why.answers()).hasSize(68);
    assertThat(why.err()).contains("36 more calls failed, and are left out: of one place at most");
  }

  @Test
  void theLineOfARunIsShort() {
    assertThat(RunLine.text("/usr/bin/make", 12_345, 67, 79))
        .isEqualTo("running make: 12,345 calls, 67 failed ...");
    assertThat(RunLine.text("a".repeat(200), 1, 0, 40)).hasSize(40);
    assertThat(RunLine.text("a", 1, 0, -1)).isEmpty();
  }
}
