package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.archive.Lz4;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Images that are none, LZ4 against its tool, and the choice among packages.
@Tag("host")
class KernelImageTest {
  @TempDir private Path folder;

  @Test
  void whatIsNoKernelIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "no kernel");
    refused(text, "is not a kernel image");
    refused(folder.resolve("nothing"), "is not a kernel image");
    refused(folder, "is not a kernel image");
    byte[] arm = new byte[4096];
    System.arraycopy(new byte[] {'A', 'R', 'M', 0x64}, 0, arm, 0x38, 4);
    refused(Files.write(folder.resolve("Image"), arm), "arm64");
    byte[] old = new byte[8192];
    System.arraycopy(new byte[] {'H', 'd', 'r', 'S'}, 0, old, 0x202, 4);
    refused(Files.write(folder.resolve("bzImage"), old), "32-bit");
    refused(Path.of("/proc/self/exe").toRealPath(), "PVH");
  }

  private static void refused(Path file, String why) {
    assertThatThrownBy(() -> KernelImage.read(file))
        .isInstanceOf(GuestFailure.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(why);
  }

  @Test
  void lz4IsUnpackedAsItsToolDoes() throws IOException {
    Tools.require("lz4");
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    Random random = new Random(4711);
    while (plain.size() < 9 << 20) { // more than one block
      byte[] part = new byte[1 + random.nextInt(300)];
      random.nextBytes(part);
      for (int i = random.nextInt(40); i >= 0; i--) {
        plain.writeBytes(part);
      }
    }
    Files.write(folder.resolve("plain"), plain.toByteArray());
    Command.runIn(folder, List.of("lz4", "-lq", "plain", "packed")).orFail();
    byte[] packed = Files.readAllBytes(folder.resolve("packed"));
    assertThat(Lz4.unpack(packed, 1 << 30)).isEqualTo(plain.toByteArray());
    assertThatThrownBy(() -> Lz4.unpack(packed, 1 << 20)).isInstanceOf(IOException.class);
    int damaged = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] hostile = java.util.Arrays.copyOf(packed, 64 + random.nextInt(4000));
      hostile[random.nextInt(64)] ^= (byte) (1 + random.nextInt(255));
      try {
        Lz4.unpack(hostile, 64 << 20);
      } catch (IOException e) {
        damaged++;
      }
    }
    assertThat(damaged).isPositive();
  }

  @Test
  void theNewestCloudKernelIsChosen() {
    assertThat(
            KernelPackages.best(
                List.of(
                    "linux-image-6.12.9-cloud-amd64",
                    "linux-image-6.12.117+deb12-cloud-amd64",
                    "linux-image-6.12-cloud-amd64",
                    "linux-image-6.99.1-amd64",
                    "linux-image-6.99.1-cloud-amd64-dbg",
                    "linux-image-6.1.0-53-cloud-amd64")))
        .isEqualTo("linux-image-6.12.117+deb12-cloud-amd64");
    assertThat(KernelPackages.best(List.of("bash"))).isNull();
  }

  /// Debian's packages had the image under /boot, and have it under /usr/lib/modules since 7.3.
  @Test
  void anImageIsTakenOutOfItsPackage() throws IOException {
    Tools.require("dpkg-deb");
    GuestCache cache = GuestCache.of(Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()));
    KernelPackages packages = new KernelPackages(cache, GuestProgress.NONE);
    for (String place : List.of("boot/vmlinuz-7.1.2-x", "usr/lib/modules/7.3.4-x/vmlinuz")) {
      Path image = packages.image(deb("kernel", place).toString());
      assertThat(image).hasContent(place);
      assertThat(image.getFileName().toString()).startsWith("vmlinuz-7.").endsWith("-x");
    }
    String none = deb("other", "usr/share/other").toString();
    assertThatThrownBy(() -> packages.image(none))
        .isInstanceOf(GuestFailure.class)
        .hasMessageContaining(none + " is not a package with a kernel");
  }

  /// A package that has one file, with its own name as its content.
  private Path deb(String name, String place) throws IOException {
    Path tree = Files.createTempDirectory(folder, name);
    Path file = tree.resolve(place);
    Files.createDirectories(file.getParent());
    Files.writeString(file, place);
    Path control = Files.createDirectory(tree.resolve("DEBIAN")).resolve("control");
    Files.writeString(
        control,
        "Package: "
            + name
            + "\nVersion: 1\nArchitecture: amd64\nMaintainer: nobody\nDescription: one file\n");
    Path deb = Files.createTempFile(folder, name, ".deb");
    Command.run("dpkg-deb", "-b", tree.toString(), deb.toString()).orFail();
    return deb;
  }
}
