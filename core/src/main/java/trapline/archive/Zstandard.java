package trapline.archive;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.IOException;

/// Unpacks Zstandard's frames (RFC 8878) whose unpacked size is known.
public final class Zstandard {
  /// A block of 4 bytes stands for at most 128 KiB (RFC 8878, section 3.1.1.2).
  private static final long MAX_RATIO = 1 << 15;

  private Zstandard() {}

  /// Unpacks.
  ///
  /// @param size what it unpacks to, as something else says
  /// @throws IOException when the data are damaged, or of another size
  public static byte[] unpack(byte[] packed, long size, int limit) throws IOException {
    String exceeded = new ExpansionLimit(limit).exceeded(packed.length, size);
    if (exceeded != null) {
      throw new IOException(exceeded);
    }
    if (size < 0 || size > packed.length * MAX_RATIO) {
      throw new IOException("Zstandard data of " + Long.toUnsignedString(size) + " bytes");
    }
    byte[] out = new byte[(int) size];
    try {
      int done =
          new ZstdJavaDecompressor().decompress(packed, 0, packed.length, out, 0, out.length);
      if (done != out.length) {
        throw new IOException("Zstandard data ends after " + done + " of " + size + " bytes");
      }
      return out;
    } catch (MalformedInputException e) {
      throw new IOException("damaged Zstandard data: " + e.getMessage(), e);
    } catch (RuntimeException e) { // whatever its tables and offsets lead to
      throw new IOException("damaged Zstandard data", e);
    }
  }
}
