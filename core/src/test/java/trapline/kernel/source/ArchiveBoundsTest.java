package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import trapline.kernel.KernelSource;
import trapline.model.MalformedBinary;
import trapline.testing.TarHeader;

/// Archives that claim or unpack to more than a kernel's source are refused. What memory they take
/// until then is for the tests of the command.
@Tag("unit")
class ArchiveBoundsTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder;

  @Test
  void aFileThatClaimsEightGibibytesIsNotMadeRoomFor() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(TarHeader.of("linux/Makefile", 8L << 30));
    tar.writeBytes(new byte[4096]);
    Path file = Files.write(folder.resolve("claims.tar"), tar.toByteArray());
    assertThatThrownBy(() -> read(new TarballSource(file)))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("ends inside");
  }

  /// It is passed over, told, and what follows it is read.
  @Test
  void aFileTooLargeForASourceIsAGap() throws IOException {
    Path file = folder.resolve("large.tar.gz");
    long size = 65 * MIB;
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
      out.write(TarHeader.of("linux/kernel/large.c", size));
      SplittableRandom random = new SplittableRandom(1);
      byte[] block = new byte[1 << 16];
      for (int i = 0; i < size / block.length; i++) { // a good part of it does not shrink
        random.nextBytes(block);
        Arrays.fill(block, 1 << 12, block.length, (byte) 'x');
        out.write(block);
      }
      out.write(TarHeader.of("linux/Makefile", 2));
      out.write("x\n".getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[510 + 1024]);
    }
    TarballSource source = new TarballSource(file);

    assertThat(read(source)).containsExactly("Makefile");
    assertThat(source.gaps())
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.place().file()).isEqualTo("kernel/large.c");
              assertThat(gap.reason()).contains("too large for a source file").contains("" + size);
            });
  }

  /// Up to the limit in bytes or, beyond 64 MiB, in times of the archive's size.
  @Test
  void aSmallArchiveMayNotUnpackToMuch() throws IOException {
    Path file = folder.resolve("ratio.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      bomb(out);
      zeros(out, 32 * MIB);
    }
    assertThatThrownBy(() -> read(new TarballSource(file)))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("it unpacks to more than 100 times its size: no kernel source");
  }

  /// 48 MiB of zeros, of which a kilobyte of a compressed file makes a hundred times as much.
  @Test
  void aDecompressionBombIsRefusedAtTheLimit() throws IOException {
    Path gzip = folder.resolve("bomb.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      bomb(out);
    }
    Path xz = folder.resolve("bomb.tar.xz");
    try (OutputStream out = new XZOutputStream(Files.newOutputStream(xz), new LZMA2Options(0))) {
      bomb(out);
    }
    for (Path file : List.of(gzip, xz)) {
      assertThat(Files.size(file)).isLessThan(MIB);
      assertThatThrownBy(() -> read(new TarballSource(file, 16 * MIB)))
          .as(file.toString())
          .isInstanceOf(MalformedBinary.class)
          .hasMessageContaining("unpacks to more than 16 MiB: no kernel source");
      // What unpacks to no more than the limit is only no whole archive.
      assertThatThrownBy(() -> read(new TarballSource(file, 128 * MIB)))
          .isInstanceOf(MalformedBinary.class)
          .hasMessageNotContaining("unpacks to more");
    }
    assertThat(TarballSource.MAX_UNPACKED).isEqualTo(8L << 30);
  }

  /// Parts of a gzip file that follow one another are one: this one has a hundred alike.
  @Test
  void aMillionEntriesAreTooMany() throws IOException {
    int each = 10_000;
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    SplittableRandom random = new SplittableRandom(2);
    try (OutputStream out = new GZIPOutputStream(part)) {
      for (int i = 0; i < each; i++) {
        out.write(TarHeader.of("linux/drivers/" + Long.toHexString(random.nextLong()), 0));
      }
    }
    Path file = folder.resolve("many.tar.gz");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i <= TarballSource.MAX_ENTRIES / each; i++) {
        part.writeTo(out);
      }
    }
    assertThat(Files.size(file)).isLessThan(64 * MIB);

    assertThatThrownBy(
            () ->
                new TarballSource(file)
                    .read(path -> path.endsWith("/"), (p, c) -> false, KernelSource.Progress.NONE))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("more than 1000000 files: no kernel source");
  }

  /// The archive claims a file of a gibibyte, most of which is never there.
  private static void bomb(OutputStream out) throws IOException {
    out.write(TarHeader.of("linux/Makefile", 1L << 30));
    zeros(out, 48 * MIB);
  }

  private static void zeros(OutputStream out, long count) throws IOException {
    byte[] zeros = new byte[1 << 16];
    for (long left = count; left > 0; left -= zeros.length) {
      out.write(zeros);
    }
  }

  private static List<String> read(KernelSource source) throws IOException {
    List<String> seen = new ArrayList<>();
    source.read(
        path -> true,
        (path, content) -> {
          seen.add(path);
          return false;
        },
        KernelSource.Progress.NONE);
    return seen;
  }
}
