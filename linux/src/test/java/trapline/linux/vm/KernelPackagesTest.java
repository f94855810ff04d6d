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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Packages that hold no kernel, or are no packages.
@Tag("host")
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
    assertRefused(letters, "wrong checksum");
    byte[] negative = tar.clone();
    negative[124] = '-';
    negative[125] = '1';
    assertRefused(negative, "wrong checksum");
    byte[] huge = tar.clone();
    Arrays.fill(huge, 124, 135, (byte) '7');
    assertRefused(huge, "wrong checksum");
  }

  /// A package that was cut off anywhere gives no image, and nothing of it is kept.
  @Test
  void cutPackagesAreRefusedAndNotKept() throws IOException {
    Tools.require("dpkg-deb");
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.createDirectories(tree.resolve("boot"));
    Files.writeString(
        tree.resolve("DEBIAN/control"),
        "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@m>\nDescription: d\n");
    byte[] kernel = new byte[100_000];
    new Random(3).nextBytes(kernel);
    Files.write(tree.resolve("boot/vmlinuz-6.1"), kernel);
    Path deb = folder.resolve("kernel.deb");
    Command.run("dpkg-deb", "-Zxz", "--root-owner-group", "-b", tree + "", deb + "").orFail();
    byte[] whole = Files.readAllBytes(deb);
    for (int length : List.of(0, 7, 200, 50_000, whole.length - 60, whole.length - 4)) {
      Files.write(deb, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> find(deb))
          .isInstanceOf(GuestFailure.class)
          .hasMessageContaining("kernel.deb")
          .hasMessageContaining("nothing was kept");
      assertThat(folder.resolve("cache/trapline/guests/packages/kernel.deb")).doesNotExist();
    }
    Files.write(deb, whole);
    find(deb);
    assertThat(folder.resolve("cache/trapline/guests/packages/kernel.deb/vmlinuz-6.1"))
        .hasBinaryContent(kernel);
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
