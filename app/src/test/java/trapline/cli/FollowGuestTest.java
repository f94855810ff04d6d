package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.CloudKernels;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// `follow --observe vm`: the calls of the guest are those of this machine's run.
@Tag("vm")
class FollowGuestTest {
  /// Of two equal calls the first is only made on the kernel that the argument names.
  private static final String PROGRAM =
      """
      #include <string.h>
      #include <sys/utsname.h>
      #include <unistd.h>
      static __attribute__((noinline)) void special(void) {
        access("/none/file", F_OK); // only here
      }
      static __attribute__((noinline)) void usual(void) {
        access("/none/file", F_OK); // in both
      }
      int main(int n, char **v) {
        struct utsname kernel;
        uname(&kernel);
        if (strcmp(kernel.release, v[1]) == 0) special();
        usual();
      }
      """;

  @TempDir private Path folder;

  @Test
  void equalCallsAreToldByWhoCalled() throws IOException {
    Tools.require("gcc");
    Path program = Programs.compile(folder, "program", PROGRAM, "-g", "-O0");
    String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
    String image = CloudKernels.series("6.12").toString();
    Follow run =
        Follow.json(
            List.of("--observe", "vm", "--guest-kernel", image, "--all", "--call", "access"),
            List.of(program.toString(), release));
    assertThat(run.status()).as(run.err()).isZero();
    Map<String, JsonNode> ran = new HashMap<>();
    for (JsonNode journey : run.journeys()) {
      String line = journey.get("hops").get(0).path("text").asText();
      for (JsonNode hop : journey.get("hops")) {
        if (hop.get("kind").asText().equals("kernel-function") && line.contains("// ")) {
          ran.put(line.substring(line.indexOf("// ") + 3), hop);
        }
      }
    }
    assertThat(Objects.requireNonNull(ran.get("only here")).path("missing").asText())
        .isEqualTo("the program's run in the guest kernel did not make this call");
    assertThat(Objects.requireNonNull(ran.get("in both")).path("evidence").asText())
        .isEqualTo("observed");
  }
}
