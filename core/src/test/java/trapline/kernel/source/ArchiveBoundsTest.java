package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import trapline.kernel.KernelSource;
import trapline.model.MalformedBinary;

/// Archives that claim or unpack to more than a kernel's source are refused, and take little memory
/// until then.
class ArchiveBoundsTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder;

  @Test
  void aFileThatClaimsEightGibibytesIsNotMadeRoomFor() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(header("linux/Makefile", 8L << 30));
    tar.writeBytes(new byte[4096]);
    Path file = Files.write(folder.resolve("claims.tar"), tar.toByteArray());
    long before = allocated();

    assertThatThrownBy(() -> read(new TarballSource(file)))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("ends inside");
    assertThat(allocated() - before).isLessThan(32 * MIB);
  }

  /// It is passed over, told, and what follows it is read.
  @Test
  void aFileTooLargeForASourceIsAGap() throws IOException {
    Path file = folder.resolve("large.tar.gz");
    long size = 65 * MIB;
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
      out.write(header("linux/kernel/large.c", size));
      zeros(out, size);
      out.write(header("linux/Makefile", 2));
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

  /// 64 MiB of zeros, of which a kilobyte of a compressed file makes a hundred times as much.
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
      long before = allocated();
      assertThatThrownBy(() -> read(new TarballSource(file, 16 * MIB)))
          .as(file.toString())
          .isInstanceOf(MalformedBinary.class)
          .hasMessageContaining("unpacks to more than 16 MiB: no kernel source");
      assertThat(allocated() - before).isLessThan(64 * MIB);
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
    try (OutputStream out = new GZIPOutputStream(part)) {
      for (int i = 0; i < each; i++) {
        out.write(header("linux/drivers/a.txt", 0));
      }
    }
    Path file = folder.resolve("many.tar.gz");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i <= TarballSource.MAX_ENTRIES / each; i++) {
        part.writeTo(out);
      }
    }
    assertThat(Files.size(file)).isLessThan(16 * MIB);

    assertThatThrownBy(
            () ->
                new TarballSource(file)
                    .read(path -> path.endsWith("/"), (p, c) -> false, KernelSource.Progress.NONE))
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("more than 1000000 files: no kernel source");
  }

  /// The archive claims a file of a gibibyte, most of which is never there.
  private static void bomb(OutputStream out) throws IOException {
    out.write(header("linux/Makefile", 1L << 30));
    zeros(out, 64 * MIB);
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

  /// By this thread so far.
  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /// A ustar header, its size in base 256.
  private static byte[] header(String name, long size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644");
    for (int i = 0; i < 8; i++) {
      header[135 - i] = (byte) (size >>> 8 * i);
    }
    header[124] = (byte) 0x80;
    header[156] = '0';
    put(header, 257, "ustar\u000000");
    put(header, 148, "        ");
    int sum = 0;
    for (byte octet : header) {
      sum += octet & 0xff;
    }
    put(header, 148, String.format("%06o\u0000 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
