package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Packages that hold no kernel, or are no packages.
class KernelPackagesTest {
  @TempDir private Path folder;

  @Test
  void packagesWithoutAKernelAreRefused() throws IOException {
    Tools.require("dpkg-deb", "ar");
    Path tree = Files.createDirectories(folder.resolve("tree/boot"));
    Files.writeString(tree.resolve("config-6.12"), "CONFIG_X86=y");
    Path data = folder.resolve("data.tar");
    Command.run("tar", "-cf", data.toString(), "-C", folder.resolve("tree").toString(), "./boot")
        .orFail();
    byte[] tar = Files.readAllBytes(data);
    assertRefused(tar, "is not a package with a kernel");

    byte[] letters = tar.clone();
    Arrays.fill(letters, 124, 135, (byte) 'x');
    assertRefused(letters, "its archive is damaged");
    byte[] negative = tar.clone();
    negative[124] = '-';
    negative[125] = '1';
    assertRefused(negative, "its archive is damaged");
    byte[] huge = tar.clone();
    Arrays.fill(huge, 124, 135, (byte) '7');
    assertRefused(huge, "cannot be unpacked");
  }

  /// Whatever the archive is, there is an answer in words.
  @Test
  void damagedPackagesAreRefused() throws IOException {
    Tools.require("dpkg-deb", "ar");
    Random random = new Random(1_712);
    for (int i = 0; i < 25; i++) {
      byte[] noise = new byte[512 + random.nextInt(4096)];
      random.nextBytes(noise);
      assertRefused(noise, "deb");
    }
    Path text = Files.writeString(folder.resolve("text.deb"), "no archive");
    assertThatThrownBy(() -> find(text)).isInstanceOf(GuestFailure.class);
  }

  private void assertRefused(byte[] tar, String reason) throws IOException {
    Path deb = folder.resolve("kernel.deb");
    Files.deleteIfExists(deb);
    Files.write(folder.resolve("data.tar"), tar);
    Files.write(folder.resolve("control.tar"), new byte[1024]);
    Files.write(folder.resolve("debian-binary"), "2.0\n".getBytes(StandardCharsets.US_ASCII));
    Command.runIn(
            folder, List.of("ar", "rc", "kernel.deb", "debian-binary", "control.tar", "data.tar"))
        .orFail();
    assertThatThrownBy(() -> find(deb))
        .isInstanceOf(GuestFailure.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("kernel.deb");
    assertThat(folder.resolve("cache/trapline/guests/packages/kernel.deb")).doesNotExist();
  }

  private void find(Path deb) {
    Path cache = folder.resolve("cache");
    Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
    new KernelPackages(GuestCache.of(environment), GuestProgress.NONE).image(deb.toString());
  }
}
