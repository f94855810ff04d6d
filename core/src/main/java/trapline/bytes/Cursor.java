package trapline.bytes;

/// Reads a [Bytes] view from front to back. Not safe for use by several threads.
public final class Cursor {
  private final Bytes bytes;
  private int position;

  Cursor(Bytes bytes, int position) {
    this.bytes = bytes;
    this.position = position;
  }

  /// The offset in the view of the next byte to be read.
  public int position() {
    return position;
  }

  public Cursor seek(long offset) {
    position = bytes.check(offset, 0);
    return this;
  }

  public Cursor skip(long count) {
    position = bytes.check(position, count) + (int) count;
    return this;
  }

  public boolean hasRemaining() {
    return position < bytes.size();
  }

  public int remaining() {
    return bytes.size() - position;
  }

  public Bytes bytes() {
    return bytes;
  }

  public int u8() {
    int value = bytes.u8(position);
    position += 1;
    return value;
  }

  public int u16() {
    int value = bytes.u16(position);
    position += 2;
    return value;
  }

  public long u32() {
    long value = bytes.u32(position);
    position += 4;
    return value;
  }

  public int i32() {
    int value = bytes.i32(position);
    position += 4;
    return value;
  }

  public long u64() {
    long value = bytes.u64(position);
    position += 8;
    return value;
  }

  /// An unsigned LEB128 number (DWARF 5, section 7.6). Bits beyond 64 are refused.
  ///
  /// @throws trapline.model.MalformedBinary when it has no end or does not fit 64 bits
  public long uleb() {
    int start = position;
    int first = u8();
    if (first < 0x80) {
      return first;
    }
    position = start;
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int octet = u8();
      long bits = octet & 0x7f;
      if (shift < 63) {
        value |= bits << shift;
      } else if (shift == 63 && bits <= 1) {
        value |= bits << 63;
      } else if (bits != 0 || shift > 140) {
        throw bytes.malformed(start, "LEB128 number wider than 64 bits");
      }
      if ((octet & 0x80) == 0) {
        return value;
      }
    }
  }

  /// A signed LEB128 number (DWARF 5, section 7.6).
  ///
  /// @throws trapline.model.MalformedBinary when it has no end or does not fit 64 bits
  public long sleb() {
    int start = position;
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int octet = u8();
      if (shift < 64) {
        value |= (long) (octet & 0x7f) << shift;
      } else if (shift > 140) {
        throw bytes.malformed(start, "LEB128 number wider than 64 bits");
      }
      if ((octet & 0x80) == 0) {
        int used = shift + 7;
        if (used < 64 && (octet & 0x40) != 0) {
          value |= -1L << used;
        }
        return value;
      }
    }
  }

  /// The UTF-8 text up to the next NUL, which is passed over.
  public String cString() {
    int start = position;
    while (u8() != 0) {
      // Looking for the end; u8 throws at the end of the view.
    }
    return ByteText.decode(bytes.copy(start, position - 1 - start));
  }

  /// Passes over the text up to, and with, the next NUL.
  public Cursor skipCString() {
    while (u8() != 0) {
      // Looking for the end; u8 throws at the end of the view.
    }
    return this;
  }

  /// The next `length` bytes as a view.
  public Bytes take(long length) {
    Bytes part = bytes.slice(position, length);
    position += (int) length;
    return part;
  }
}
