package trapline.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.model.MalformedBinary;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Packages that dpkg-deb makes are read as dpkg-deb reads them, and nothing of a cut one passes.
@Tag("host")
class DebArchiveTest {
  private static final long MOST = 1L << 30;

  @TempDir private Path folder;

  private byte[] build(String compression, int size) throws IOException {
    Tools.require("dpkg-deb");
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.createDirectories(tree.resolve("boot"));
    Files.writeString(
        tree.resolve("DEBIAN/control"),
        "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@m>\nDescription: d\n");
    byte[] content = new byte[size];
    new Random(5).nextBytes(content);
    Arrays.fill(content, size / 2, size, (byte) 0);
    Files.write(tree.resolve("boot/vmlinuz-1"), content);
    Files.writeString(tree.resolve("boot/" + "n".repeat(120)), "a long name");
    Path deb = folder.resolve("p.deb");
    Command.run("dpkg-deb", "-Z" + compression, "--root-owner-group", "-b", tree + "", deb + "")
        .orFail();
    return Files.readAllBytes(deb);
  }

  private static TreeMap<String, String> read(byte[] deb) throws IOException {
    TreeMap<String, String> files = new TreeMap<>();
    DebArchive archive = DebArchive.open("p.deb", new ByteArrayInputStream(deb), MOST);
    TarReader tar = new TarReader("p.deb", archive.data());
    while (tar.next()) {
      files.put(tar.name(), HexFormat.of().formatHex(tar.content()));
    }
    archive.finish();
    return files;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "xz", "zstd"})
  void filesAreThoseThatDpkgUnpacks(String compression) throws IOException {
    byte[] deb = build(compression, 50_000);
    TreeMap<String, String> expected = new TreeMap<>();
    Path out = folder.resolve("out");
    Command.run("dpkg-deb", "-x", folder.resolve("p.deb").toString(), out.toString()).orFail();
    try (var all = Files.walk(out)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        expected.put(
            "./" + out.relativize(each), HexFormat.of().formatHex(Files.readAllBytes(each)));
      }
    }
    assertThat(expected).hasSize(2);
    assertThat(read(deb)).isEqualTo(expected);
  }

  /// Whatever is missing at the end, the package is refused.
  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "xz", "zstd"})
  void everyCutIsSeen(String compression) throws IOException {
    byte[] deb = build(compression, 3000);
    read(deb);
    // An odd member's padding byte may be left out.
    for (int length = deb.length - 2; length >= 0; length -= length > deb.length - 200 ? 1 : 97) {
      byte[] cut = Arrays.copyOf(deb, length);
      assertThatThrownBy(() -> read(cut))
          .as("cut to " + length)
          .isInstanceOf(MalformedBinary.class);
    }
  }

  /// What has a checksum is compared with it: of gzip and xz all data, of zstd as it is packed.
  @ParameterizedTest
  @ValueSource(strings = {"gzip", "xz"})
  void damagedDataIsSeen(String compression) throws IOException {
    byte[] deb = build(compression, 3000);
    Random random = new Random(6);
    for (int i = 0; i < 60; i++) {
      byte[] damaged = deb.clone();
      // Beyond the headers of the compressed files, in random data that hardly shrink.
      damaged[deb.length - 1200 + random.nextInt(900)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> read(damaged)).isInstanceOf(MalformedBinary.class);
    }
  }

  @Test
  void aBombIsGivenUpSoon() throws IOException {
    Tools.require("xz", "ar");
    Path data = folder.resolve("data.tar");
    try (var out = Files.newOutputStream(data)) {
      byte[] zeros = new byte[1 << 20];
      byte[] header = trapline.testing.TarHeader.of("./boot/vmlinuz-1", 300L << 20);
      out.write(header);
      for (int i = 0; i < 300; i++) {
        out.write(zeros);
      }
      out.write(new byte[1024]);
    }
    Command.runIn(folder, java.util.List.of("xz", "-0", "data.tar")).orFail();
    Files.writeString(folder.resolve("debian-binary"), "2.0\n");
    Command.runIn(folder, java.util.List.of("ar", "rc", "b.deb", "debian-binary", "data.tar.xz"))
        .orFail();
    byte[] deb = Files.readAllBytes(folder.resolve("b.deb"));
    DebArchive archive = DebArchive.open("b.deb", new ByteArrayInputStream(deb), MOST);
    assertThatThrownBy(archive::finish)
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("b.deb")
        .hasMessageContaining("it unpacks to more than 100 times its size");
    DebArchive small = DebArchive.open("b.deb", new ByteArrayInputStream(deb), 1 << 20);
    assertThatThrownBy(small::finish).hasMessageContaining("it unpacks to more than 1 MiB");
  }
}
