package trapline.elf;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZInputStream;
import trapline.bytes.Bytes;
import trapline.model.Unsupported;

/// Unpacks compressed sections (gABI, "Section Compression"; `.zdebug_*` is GNU's older form), and
/// the file in a `.gnu_debugdata` section.
final class Compression {
  private static final int ZLIB = 1;
  private static final int ZSTD = 2;
  private static final int HEADER = 24;
  private static final int OLD_HEADER = 12;
  private static final long OLD_MAGIC = 0x42494c5aL;

  /// No deflate stream grows by more (zlib's technical notes).
  private static final long MAX_ZLIB_RATIO = 1040;

  /// A block of 4 bytes stands for at most 128 KiB (RFC 8878, section 3.1.1.2).
  private static final long MAX_ZSTD_RATIO = 1 << 15;

  private static final int CHUNK = 1 << 16;
  private static final long MAX_SIZE = 1 << 30;

  /// Mini debug information is a symbol table, of which the largest have a few megabytes.
  private static final int MAX_MINI = 128 << 20;

  private static final int MAX_XZ_MEMORY_KIB = 256 << 10;
  private static final String REMEDY = "run `objcopy --decompress-debug-sections` on it";

  private Compression() {}

  /// How many bytes the decompressed sections of one file may have together.
  static long budget() {
    return Math.min(MAX_SIZE, Runtime.getRuntime().maxMemory() / 2);
  }

  /// Unpacks a section with an `Elf64_Chdr`.
  ///
  /// @param budget how many bytes it may become
  static Bytes unpack(Bytes packed, String section, long budget) {
    long type = packed.u32(0);
    Bytes stream = packed.from(HEADER);
    long size = packed.u64(8);
    if (type == ZLIB) {
      return inflate(packed, stream, size, section, budget);
    }
    if (type == ZSTD) {
      return zstandard(packed, stream, size, section, budget);
    }
    throw new Unsupported(
        "reading " + section + " of " + packed.file(),
        "a decompressor of ELF's compression type " + type,
        REMEDY);
  }

  /// Whether this is the content of a `.zdebug_*` section in its old form.
  static boolean isOldForm(Bytes packed) {
    return packed.size() >= OLD_HEADER && packed.u32(0) == OLD_MAGIC;
  }

  /// Unpacks a `.zdebug_*` section.
  static Bytes unpackOldForm(Bytes packed, String section, long budget) {
    long size = Long.reverseBytes(packed.u64(4));
    return inflate(packed, packed.from(OLD_HEADER), size, section, budget);
  }

  /// Unpacks the ELF file in a `.gnu_debugdata` section, which no header gives the size of.
  static Bytes unpackMini(Bytes packed) {
    String name = packed.file() + "(.gnu_debugdata)";
    byte[] stream = packed.copy(0, packed.size());
    try (XZInputStream xz =
        new XZInputStream(new ByteArrayInputStream(stream), MAX_XZ_MEMORY_KIB)) {
      byte[] out = xz.readNBytes(MAX_MINI + 1);
      if (out.length > MAX_MINI) {
        throw miniTooLarge(packed, MAX_MINI);
      }
      return Bytes.of(name, out);
    } catch (MemoryLimitException e) {
      throw miniTooLarge(packed, e.getMemoryNeeded() * 1024L);
    } catch (IOException e) {
      throw packed.malformed(0, ".gnu_debugdata is not a complete xz stream: " + describe(e));
    }
  }

  /// The library's exceptions for damage have no text.
  private static String describe(IOException e) {
    String text = e.getMessage();
    return text == null ? "it is damaged or cut off" : text;
  }

  private static Unsupported miniTooLarge(Bytes packed, long size) {
    return new Unsupported(
        "reading .gnu_debugdata of " + packed.file(),
        "more than " + (size >> 20) + " MiB of memory to decompress it",
        "install the file's debug information");
  }

  /// An array for what a section claims to hold, as far as that can be true.
  private static byte[] room(
      Bytes packed, Bytes stream, long size, long maximumRatio, String section, long budget) {
    if (size < 0 || size > stream.size() * maximumRatio) {
      throw packed.malformed(
          0, section + " claims " + Long.toUnsignedString(size) + " decompressed bytes");
    }
    if (size > budget) {
      throw new Unsupported(
          "reading " + section + " of " + packed.file(),
          (size >> 20) + " MiB of memory to decompress it",
          REMEDY);
    }
    return new byte[(int) size];
  }

  private static Bytes zstandard(
      Bytes packed, Bytes stream, long size, String section, long budget) {
    byte[] out = room(packed, stream, size, MAX_ZSTD_RATIO, section, budget);
    byte[] in = stream.copy(0, stream.size());
    int done;
    try {
      done = new ZstdJavaDecompressor().decompress(in, 0, in.length, out, 0, out.length);
    } catch (MalformedInputException e) {
      throw packed.malformed(0, section + " is not a Zstandard stream: " + e.getMessage());
    } catch (RuntimeException e) { // whatever its tables and offsets lead to
      throw packed.malformed(0, section + " is not a Zstandard stream");
    }
    if (done != out.length) {
      throw packed.malformed(0, section + " ends after " + done + " decompressed bytes");
    }
    return Bytes.of(packed.file() + "(" + section + ")", out);
  }

  private static Bytes inflate(Bytes packed, Bytes stream, long size, String section, long budget) {
    byte[] out = room(packed, stream, size, MAX_ZLIB_RATIO, section, budget);
    Inflater inflater = new Inflater();
    try {
      int fed = 0;
      int done = 0;
      while (done < out.length) {
        if (inflater.needsInput() && fed < stream.size()) {
          int chunk = Math.min(CHUNK, stream.size() - fed);
          inflater.setInput(stream.copy(fed, chunk));
          fed += chunk;
        }
        int count = inflater.inflate(out, done, out.length - done);
        if (count == 0 && (fed == stream.size() || !inflater.needsInput())) {
          throw packed.malformed(0, section + " ends after " + done + " decompressed bytes");
        }
        done += count;
      }
    } catch (DataFormatException e) {
      throw packed.malformed(0, section + " is not a zlib stream: " + e.getMessage());
    } finally {
      inflater.end();
    }
    return Bytes.of(packed.file() + "(" + section + ")", out);
  }
}
