package trapline.elf;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import trapline.bytes.Bytes;
import trapline.model.Unsupported;

/// Unpacks compressed sections (gABI, "Section Compression"; `.zdebug_*` is GNU's older form).
final class Compression {
  private static final int ZLIB = 1;
  private static final int ZSTD = 2;
  private static final int HEADER = 24;
  private static final int OLD_HEADER = 12;
  private static final long OLD_MAGIC = 0x42494c5aL;

  /// No deflate stream grows by more (zlib's technical notes).
  private static final long MAX_RATIO = 1040;

  private static final int CHUNK = 1 << 16;
  private static final long MAX_SIZE = 1 << 30;
  private static final String REMEDY = "run `objcopy --decompress-debug-sections` on it";

  private Compression() {}

  /// Unpacks a section with an `Elf64_Chdr`.
  static Bytes unpack(Bytes packed, String section) {
    long type = packed.u32(0);
    if (type == ZSTD) {
      throw new Unsupported(
          "reading " + section + " of " + packed.file(), "a Zstandard decompressor", REMEDY);
    }
    if (type != ZLIB) {
      throw packed.malformed(0, "compression type " + type + " of " + section);
    }
    return inflate(packed, packed.from(HEADER), packed.u64(8), section);
  }

  /// Whether this is the content of a `.zdebug_*` section in its old form.
  static boolean isOldForm(Bytes packed) {
    return packed.size() >= OLD_HEADER && packed.u32(0) == OLD_MAGIC;
  }

  /// Unpacks a `.zdebug_*` section.
  static Bytes unpackOldForm(Bytes packed, String section) {
    return inflate(packed, packed.from(OLD_HEADER), Long.reverseBytes(packed.u64(4)), section);
  }

  private static Bytes inflate(Bytes packed, Bytes stream, long size, String section) {
    if (size < 0 || size > stream.size() * MAX_RATIO) {
      throw packed.malformed(
          0, section + " claims " + Long.toUnsignedString(size) + " decompressed bytes");
    }
    if (size > MAX_SIZE || size > Runtime.getRuntime().maxMemory() / 2) {
      throw new Unsupported(
          "reading " + section + " of " + packed.file(),
          (size >> 20) + " MiB of memory to decompress it",
          REMEDY);
    }
    byte[] out = new byte[(int) size];
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
