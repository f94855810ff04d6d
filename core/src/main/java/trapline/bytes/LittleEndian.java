package trapline.bytes;

/// Numbers as x86 stores them.
public final class LittleEndian {
  private LittleEndian() {}

  /// The eight bytes from `at` on.
  public static long word(byte[] bytes, int at) {
    return number(bytes, at, Long.BYTES);
  }

  /// The number in the `size` bytes from `at` on, at most eight, zero-extended.
  public static long number(byte[] bytes, int at, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }
}
