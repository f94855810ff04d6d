package trapline.model;

/// The memory of a traced program.
@FunctionalInterface
public interface RemoteMemory {
  /// Reads as many of `length` bytes at `address` as can be read in one run.
  ///
  /// @return how many bytes from `address` on were readable: 0 when none, never more than `length`
  int read(long address, byte[] into, int offset, int length);

  /// Reads exactly `length` bytes, or says that they cannot be read.
  ///
  /// @return the bytes, or `null` when some of them are unreadable
  default byte @org.jspecify.annotations.Nullable [] readExactly(long address, int length) {
    byte[] bytes = new byte[length];
    return read(address, bytes, 0, length) == length ? bytes : null;
  }
}
