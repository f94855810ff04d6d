package trapline.kernel;

import java.util.Arrays;

/// Bytes that one thread writes one after the other.
final class GrowingBytes {
  private byte[] bytes = new byte[1 << 12];
  private int size;

  void write(int octet) {
    room(1);
    bytes[size++] = (byte) octet;
  }

  void write(byte[] from, int at, int length) {
    room(length);
    System.arraycopy(from, at, bytes, size, length);
    size += length;
  }

  void writeBytes(byte[] from) {
    write(from, 0, from.length);
  }

  int size() {
    return size;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void room(int length) {
    if (length > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.addExact(size, Math.max(length, size)));
    }
  }
}
