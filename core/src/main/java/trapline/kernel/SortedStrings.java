package trapline.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// Sorted strings, each stored as what differs from the one before, in blocks the first of which is
/// whole. A string is at most 4095 bytes long; the order is that of unsigned bytes.
///
/// ```
/// u32 count, u32 bytes of all blocks, u32 start of each block (from the first), blocks
/// string: u8 bytes shared with the one before, uleb length of the rest, the rest
/// ```
final class SortedStrings {
  static final int BLOCK = 32;
  private static final int MAX_LENGTH = 4095;

  private final Bytes starts;
  private final Bytes blocks;
  private final int count;

  private SortedStrings(Bytes starts, Bytes blocks, int count) {
    this.starts = starts;
    this.blocks = blocks;
    this.count = count;
  }

  /// @throws trapline.model.MalformedBinary when the cursor's rest cannot hold what it announces
  static SortedStrings read(Cursor at) {
    long count = at.u32();
    long length = at.u32();
    if (count > Integer.MAX_VALUE - BLOCK) {
      throw at.bytes().malformed(at.position(), "a list of " + count + " strings");
    }
    Bytes starts = at.take((count + BLOCK - 1) / BLOCK * 4);
    return new SortedStrings(starts, at.take(length), (int) count);
  }

  int size() {
    return count;
  }

  String get(int index) {
    Walk walk = walk(index / BLOCK);
    for (int i = index % BLOCK; i >= 0; i--) {
      walk.next();
    }
    return walk.text();
  }

  /// @return the index of a string, or -1
  int find(String text) {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    int low = 0;
    int high = (count + BLOCK - 1) / BLOCK - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      Walk walk = walk(middle);
      walk.next();
      if (walk.compare(wanted) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int first = low * BLOCK;
    Walk walk = first < count ? walk(low) : null;
    for (int i = first; walk != null && i < Math.min(count, first + BLOCK); i++) {
      walk.next();
      int order = walk.compare(wanted);
      if (order >= 0) {
        return order == 0 ? i : -1;
      }
    }
    return -1;
  }

  /// Reads one block's strings from its first on.
  Walk walk(int block) {
    return new Walk(blocks.cursor(starts.u32(4L * block)));
  }

  static final class Walk {
    private final Cursor at;
    private byte[] text = new byte[64];
    private int length;

    private Walk(Cursor at) {
      this.at = at;
    }

    void next() {
      int start = at.position();
      int shared = at.u8();
      long rest = at.uleb();
      if (shared > length || rest < 0 || rest > MAX_LENGTH - shared) {
        throw at.bytes().malformed(start, "a string of a wrong length");
      }
      int whole = shared + (int) rest;
      if (whole > text.length) {
        text = Arrays.copyOf(text, Math.max(whole, 2 * text.length));
      }
      for (int i = shared; i < whole; i++) {
        text[i] = (byte) at.u8();
      }
      length = whole;
    }

    String text() {
      return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private int compare(byte[] wanted) {
      return Arrays.compareUnsigned(text, 0, length, wanted, 0, wanted.length);
    }
  }

  /// Writes strings that are handed over in their order.
  static final class Writer {
    private final GrowingBytes starts = new GrowingBytes();
    private final GrowingBytes blocks = new GrowingBytes();
    private byte[] last = new byte[0];
    private int lastLength;
    private int count;

    void add(byte[] from, int at, int length) {
      int shared = 0;
      if (count % BLOCK == 0) {
        u32(starts, blocks.size());
      } else {
        int most = Math.min(255, Math.min(lastLength, length));
        int mismatch = Arrays.mismatch(last, 0, most, from, at, at + most);
        shared = mismatch < 0 ? most : mismatch;
      }
      blocks.write(shared);
      uleb(blocks, length - shared);
      blocks.write(from, at + shared, length - shared);
      if (last.length < length) {
        last = new byte[2 * length];
      }
      System.arraycopy(from, at, last, 0, length);
      lastLength = length;
      count++;
    }

    void add(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > MAX_LENGTH) {
        throw new IllegalArgumentException("a string of " + bytes.length + " bytes");
      }
      add(bytes, 0, bytes.length);
    }

    void write(GrowingBytes out) {
      u32(out, count);
      u32(out, blocks.size());
      out.writeBytes(starts.toByteArray());
      out.writeBytes(blocks.toByteArray());
    }
  }

  static void u32(GrowingBytes out, int value) {
    out.write(value);
    out.write(value >>> 8);
    out.write(value >>> 16);
    out.write(value >>> 24);
  }

  static void uleb(GrowingBytes out, int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      out.write(rest | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
