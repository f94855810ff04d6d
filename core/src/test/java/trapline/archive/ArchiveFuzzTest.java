package trapline.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import trapline.model.MalformedBinary;

/// Damaged archives give their files or the promised exceptions, and nothing else, in little
// memory.
@Tag("unit")
class ArchiveFuzzTest {
  private static final int MOST = 1 << 20;
  private static final int BLOCK = 512;

  /// As it is, and with checksums that fit.
  @FuzzTest
  void tar(byte[] file) {
    readTar(file);
    readTar(withChecksums(file));
  }

  private static void readTar(byte[] file) {
    TarReader tar = new TarReader("fuzz.tar", new ByteArrayInputStream(file));
    try {
      readAll(tar);
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readAll(TarReader tar) throws IOException {
    while (tar.next()) {
      assertThat(tar.name()).isNotNull();
      assertThat(tar.first()).isNotNull();
      if (tar.size() <= MOST) {
        tar.content();
      }
    }
  }

  /// Writes the checksum of every header that the archive's sizes lead to.
  private static byte[] withChecksums(byte[] file) {
    byte[] fixed = file.clone();
    for (int at = 0; at + BLOCK <= fixed.length; ) {
      int sum = 0;
      boolean blank = true;
      for (int i = at; i < at + BLOCK; i++) {
        blank &= fixed[i] == 0;
        sum += i >= at + 148 && i < at + 156 ? ' ' : fixed[i] & 0xff;
      }
      if (blank) {
        break;
      }
      byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(digits, 0, fixed, at + 148, digits.length);
      long size = 0;
      for (int i = at + 124; i < at + 136 && fixed[i] >= '0' && fixed[i] <= '7'; i++) {
        size = size * 8 + fixed[i] - '0';
      }
      at += BLOCK + (int) Math.min(MOST, (size + BLOCK - 1) / BLOCK * BLOCK);
    }
    return fixed;
  }

  /// The bytes as a package, and as the files of one: the first says how they are compressed.
  @FuzzTest
  void deb(byte[] file) {
    readDeb(file);
    if (file.length > 1) {
      readDeb(packed(file[0] & 3, withChecksums(Arrays.copyOfRange(file, 1, file.length))));
    }
  }

  private static void readDeb(byte[] file) {
    try {
      DebArchive deb = DebArchive.open("fuzz.deb", new ByteArrayInputStream(file), MOST);
      readAll(new TarReader("fuzz.deb", deb.data()));
      deb.finish();
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] packed(int how, byte[] tar) {
    try {
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      switch (how) {
        case 0 -> {
          try (GZIPOutputStream gzip = new GZIPOutputStream(data)) {
            gzip.write(tar);
          }
        }
        case 1 -> {
          LZMA2Options small = new LZMA2Options(0);
          small.setDictSize(LZMA2Options.DICT_SIZE_MIN);
          try (XZOutputStream xz = new XZOutputStream(data, small)) {
            xz.write(tar);
          }
        }
        default -> data.write(tar); // for zstd as packed already
      }
      ByteArrayOutputStream deb = new ByteArrayOutputStream();
      deb.writeBytes("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
      member(deb, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
      member(deb, "data.tar" + new String[] {".gz", ".xz", "", ".zst"}[how], data.toByteArray());
      return deb.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void member(ByteArrayOutputStream deb, String name, byte[] content) {
    deb.writeBytes(
        String.format("%-16s%-12d%-6d%-6d%-8s%-10d`\n", name, 0, 0, 0, "100644", content.length)
            .getBytes(StandardCharsets.US_ASCII));
    deb.writeBytes(content);
    if (content.length % 2 == 1) {
      deb.write('\n');
    }
  }

  /// Blocks of LZ4 behind the magic number, the length of the last made right; and Zstandard's.
  @FuzzTest
  void compressed(byte[] data) {
    lz4(data);
    if (data.length > 8) {
      byte[] fixed = data.clone();
      System.arraycopy(new byte[] {2, 0x21, 0x4c, 0x18}, 0, fixed, 0, 4);
      int length = fixed.length - 8;
      for (int i = 0; i < 4; i++) {
        fixed[4 + i] = (byte) (length >>> 8 * i);
      }
      lz4(fixed);
    }
    for (int size : new int[] {0, 100, MOST}) {
      try {
        assertThat(Zstandard.unpack(data, size, MOST)).hasSize(size);
      } catch (IOException expected) {
        // The one exception that is promised.
      }
    }
  }

  private static void lz4(byte[] data) {
    try {
      assertThat(Lz4.unpack(data, MOST)).hasSizeLessThanOrEqualTo(MOST);
    } catch (IOException expected) {
      // The one exception that is promised.
    }
  }
}
