package trapline.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("host")
class MountsTest {
  private static final Mounts MADE =
      Mounts.parse(
          List.of(
              "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
              "30 22 8:2 / /data rw - ext4 /dev/sda2 ro,errors=remount-ro",
              "31 30 8:3 / /data/inner rw shared:2 master:1 - ext4 /dev/sda3 rw",
              "32 22 8:1 /src /with\\040space\\134 ro,nosuid - ext4 /dev/sda1 rw",
              "33 22 0:5 / /twice ro - tmpfs none rw",
              "34 33 0:6 / /twice rw - tmpfs none rw",
              "damaged",
              ""));

  @Test
  void theInnermostMountDecides() {
    assertThat(MADE.readOnlyAt(Path.of("/etc/passwd"))).isNull();
    assertThat(MADE.readOnlyAt(Path.of("/data/file"))).isEqualTo(Path.of("/data"));
    assertThat(MADE.readOnlyAt(Path.of("/data"))).isEqualTo(Path.of("/data"));
    assertThat(MADE.readOnlyAt(Path.of("/database"))).isNull();
    assertThat(MADE.readOnlyAt(Path.of("/data/inner/file"))).isNull();
  }

  @Test
  void namesAreUnescaped() {
    assertThat(MADE.readOnlyAt(Path.of("/with space\\/file"))).isEqualTo(Path.of("/with space\\"));
  }

  @Test
  void aLaterMountCoversThoseBefore() {
    assertThat(MADE.readOnlyAt(Path.of("/twice/file"))).isNull();
  }

  /// findmnt(8) of util-linux reads the same file.
  @Test
  void findmntSaysTheSame() throws IOException, InterruptedException {
    Process findmnt =
        new ProcessBuilder("findmnt", "-rn", "-o", "TARGET,OPTIONS,FS-OPTIONS")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(findmnt.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(findmnt.waitFor(1, TimeUnit.MINUTES)).isTrue();
    Mounts mounts = Mounts.ofThisProcess();
    List<Path> compared = new ArrayList<>();
    for (String line : said.lines().toList()) {
      String[] fields = line.split(" ");
      Path target = Path.of(fields[0]);
      if (fields.length < 3 || !Files.isDirectory(target) || compared.contains(target)) {
        continue;
      }
      compared.add(target);
      boolean isReadOnly =
          List.of(fields[1].split(",")).contains("ro")
              || List.of(fields[2].split(",")).contains("ro");
      if (said.lines().filter(each -> each.startsWith(fields[0] + " ")).count() == 1) {
        assertThat(mounts.readOnlyAt(target)).as(line).isEqualTo(isReadOnly ? target : null);
      }
    }
    assertThat(compared).isNotEmpty();
  }
}
