package trapline.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Unpacks LZ4's legacy frames, as a kernel's build makes them (`lz4_Frame_format.md` and
/// `lz4_Block_format.md` of LZ4).
public final class Lz4 {
  private static final int LEGACY = 0x184c2102;
  private static final int BLOCK = 8 << 20;
  private static final int MIN_MATCH = 4;

  private final ByteBuffer in;
  private final int most;
  private final ExpansionLimit limit;
  private byte[] out = new byte[1 << 20];
  private int size;

  private Lz4(byte[] packed, int limit) {
    this.in = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    this.most = limit;
    this.limit = new ExpansionLimit(limit);
  }

  /// Unpacks.
  ///
  /// @param limit more bytes than this are an error
  /// @throws IOException when the data are damaged
  public static byte[] unpack(byte[] packed, int limit) throws IOException {
    Lz4 lz4 = new Lz4(packed, limit);
    try {
      while (lz4.in.remaining() >= 4) {
        int blockSize = lz4.in.getInt();
        if (blockSize != LEGACY) {
          if (blockSize < 0 || blockSize > lz4.in.remaining()) {
            throw new IOException("LZ4 block of " + blockSize + " bytes");
          }
          lz4.block(lz4.in.position() + blockSize);
        }
      }
      return Arrays.copyOf(lz4.out, lz4.size);
    } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IOException("damaged LZ4 data", e);
    }
  }

  private void block(int end) throws IOException {
    int start = size;
    while (in.position() < end) {
      int token = in.get() & 0xff;
      int literals = length(token >> 4);
      reserve(literals);
      in.get(out, size, literals);
      size += literals;
      if (in.position() >= end) {
        break;
      }
      int distance = in.getShort() & 0xffff;
      int match = length(token & 15) + MIN_MATCH;
      if (distance == 0 || distance > size - start) {
        throw new IOException("LZ4 match before its block");
      }
      reserve(match);
      for (int i = 0; i < match; i++, size++) { // byte by byte: source and target may overlap
        out[size] = out[size - distance];
      }
      if (size - start > BLOCK) {
        throw new IOException("LZ4 block too large");
      }
    }
  }

  private int length(int nibble) throws IOException {
    int length = nibble;
    int next = nibble == 15 ? 255 : 0;
    while (next == 255) {
      next = in.get() & 0xff;
      length += next;
      if (length > BLOCK) {
        throw new IOException("LZ4 length too large");
      }
    }
    return length;
  }

  private void reserve(int more) throws IOException {
    String exceeded = limit.exceeded(in.capacity(), size + (long) more);
    if (exceeded != null) {
      throw new IOException(exceeded);
    }
    if (size + more > out.length) {
      out = Arrays.copyOf(out, (int) Math.min(most, Math.max(2L * out.length, size + (long) more)));
    }
  }
}
