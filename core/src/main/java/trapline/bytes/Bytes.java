package trapline.bytes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import trapline.model.MalformedBinary;

/// A read-only, little-endian view of a run of bytes in a file or in memory.
///
/// Every access is checked: reading outside the view throws [MalformedBinary] with the file's name
/// and the offset in it, never a raw exception. So does reading a mapped file that has become
/// shorter. Offsets are `long` so that values read from a hostile file need no cast before they are
/// checked. A view holds at most 2 GiB.
///
/// Views are immutable and safe for use by many threads.
public final class Bytes {
  private final String file;
  private final long origin;
  private final ByteBuffer buffer;
  private final int size;

  private Bytes(String file, long origin, ByteBuffer buffer) {
    this.file = file;
    this.origin = origin;
    this.buffer = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.size = this.buffer.limit();
  }

  /// A view of the remaining bytes of `buffer`, which must not change while the view is in use.
  ///
  /// @param file the name used in error messages
  public static Bytes of(String file, ByteBuffer buffer) {
    return new Bytes(file, 0, buffer);
  }

  /// A view of a whole array, which must not change while the view is in use.
  public static Bytes of(String file, byte[] bytes) {
    return new Bytes(file, 0, ByteBuffer.wrap(bytes));
  }

  /// The view with no bytes.
  public static Bytes empty(String file) {
    return of(file, new byte[0]);
  }

  /// The name of the file, for messages.
  public String file() {
    return file;
  }

  /// The offset of this view's first byte in the file that it was cut from.
  public long origin() {
    return origin;
  }

  /// The number of bytes.
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// Part of this view.
  ///
  /// @throws MalformedBinary when the part does not lie inside
  public Bytes slice(long offset, long length) {
    int at = check(offset, length);
    return new Bytes(file, origin + at, buffer.slice(at, (int) length));
  }

  /// This view from `offset` to its end.
  public Bytes from(long offset) {
    return slice(offset, size - offset);
  }

  public int u8(long offset) {
    int at = check(offset, 1);
    try {
      return buffer.get(at) & 0xff;
    } catch (InternalError e) {
      throw vanished(offset);
    }
  }

  public int u16(long offset) {
    int at = check(offset, 2);
    try {
      return buffer.getShort(at) & 0xffff;
    } catch (InternalError e) {
      throw vanished(offset);
    }
  }

  public long u32(long offset) {
    int at = check(offset, 4);
    try {
      return buffer.getInt(at) & 0xffff_ffffL;
    } catch (InternalError e) {
      throw vanished(offset);
    }
  }

  public int i32(long offset) {
    int at = check(offset, 4);
    try {
      return buffer.getInt(at);
    } catch (InternalError e) {
      throw vanished(offset);
    }
  }

  /// Eight bytes; as an unsigned number where the format says so.
  public long u64(long offset) {
    int at = check(offset, 8);
    try {
      return buffer.getLong(at);
    } catch (InternalError e) {
      throw vanished(offset);
    }
  }

  /// The UTF-8 text from `offset` up to, and without, the next NUL.
  ///
  /// @throws MalformedBinary when no NUL follows inside the view
  public String cString(long offset) {
    int start = check(offset, 1);
    int end = start;
    byte[] text;
    try {
      while (buffer.get(end) != 0) {
        end++;
        if (end == size) {
          throw malformed(offset, "string without an end");
        }
      }
      text = new byte[end - start];
      buffer.get(start, text);
    } catch (InternalError e) {
      throw vanished(offset);
    }
    return ByteText.decode(text);
  }

  /// A copy of `length` bytes.
  public byte[] copy(long offset, long length) {
    int at = check(offset, length);
    byte[] copy = new byte[(int) length];
    try {
      buffer.get(at, copy);
    } catch (InternalError e) {
      throw vanished(offset);
    }
    return copy;
  }

  /// A cursor over this view that starts at `offset`.
  public Cursor cursor(long offset) {
    check(offset, 0);
    return new Cursor(this, (int) offset);
  }

  /// The error for something wrong at `offset` of this view.
  public MalformedBinary malformed(long offset, String what) {
    return new MalformedBinary(file, origin + offset, what);
  }

  /// The virtual machine makes an [InternalError] of the SIGBUS that reading a mapped file raises
  /// when someone has made the file shorter. Compiled code may be told only after the read, outside
  /// of this class; the command line ends such a run with one line, too.
  private MalformedBinary vanished(long offset) {
    return malformed(offset, "the file has become shorter while it was read");
  }

  int check(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size || length > size - offset) {
      throw malformed(
          Math.max(offset, -origin),
          "needs " + Long.toUnsignedString(length) + " bytes, beyond the end at " + size);
    }
    return (int) offset;
  }
}
