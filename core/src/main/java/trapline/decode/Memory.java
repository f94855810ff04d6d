package trapline.decode;

import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.model.RemoteMemory;

/// Bounded reads of the traced program's memory.
final class Memory {
  /// How much one stop's values may read together: memory can be laid out so that structures which
  /// point to each other multiply.
  private static final long MOST = 16 << 20;

  private final RemoteMemory memory;
  private long left = MOST;

  Memory(RemoteMemory memory) {
    this.memory = memory;
  }

  /// Exactly `length` bytes, or `null` when some cannot be read.
  byte @Nullable [] exactly(long address, int length) {
    return address == 0 || !take(length) ? null : memory.readExactly(address, length);
  }

  /// The readable part of `length` bytes.
  byte[] upTo(long address, int length) {
    if (!take(length)) {
      return new byte[0];
    }
    byte[] bytes = new byte[length];
    int read = Math.clamp(memory.read(address, bytes, 0, length), 0, length);
    return read == length ? bytes : java.util.Arrays.copyOf(bytes, read);
  }

  private boolean take(int length) {
    left -= length;
    return left >= 0;
  }

  /// The little-endian number of `size` (1, 2, 4 or 8) bytes, zero-extended; `null` when it cannot
  /// be read.
  @Nullable Long number(long address, int size) {
    byte[] bytes = exactly(address, size);
    return bytes == null ? null : number(bytes, 0, size);
  }

  /// The little-endian number of `size` (1, 2, 4 or 8) bytes in `bytes`, zero-extended.
  static long number(byte[] bytes, int offset, int size) {
    return LittleEndian.number(bytes, offset, size);
  }
}
