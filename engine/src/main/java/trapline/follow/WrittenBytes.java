package trapline.follow;

import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.capture.TraceEvent;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// What a call that has returned wrote from the program's memory.
final class WrittenBytes {
  /// As many as the kernel takes (`UIO_MAXIOV`).
  private static final int MOST_VECTORS = 1024;

  private WrittenBytes() {}

  /// The last of them, at most `most`.
  ///
  /// @param call [OutputCall#BUFFER] or [OutputCall#VECTOR]
  /// @return `null` when they cannot be read
  static byte @Nullable [] end(
      OutputCall call, TraceEvent.Exited exited, RemoteMemory memory, int most) {
    Registers registers = exited.registers();
    Abi abi = exited.call().abi();
    long address = registers.argument(abi, 1);
    long written = registers.result();
    if (call == OutputCall.VECTOR) {
      return ofVectors(address, registers.argument(abi, 2), written, abi, memory, most);
    }
    int size = (int) Math.min(written, most);
    return memory.readExactly(address + written - size, size);
  }

  private static byte @Nullable [] ofVectors(
      long address, long count, long written, Abi abi, RemoteMemory memory, int most) {
    int word = abi.bits() / Byte.SIZE;
    int vectors = Math.clamp(count, 0, MOST_VECTORS);
    byte[] table = memory.readExactly(address, vectors * 2 * word);
    if (table == null) {
      return null;
    }
    long left = written;
    int last = -1;
    for (int i = 0; i < vectors && left > 0; i++) {
      left -= Math.min(left, length(table, i, word));
      last = i;
    }
    if (left > 0) {
      return null;
    }
    byte[] end = new byte[(int) Math.min(written, most)];
    int open = end.length;
    // The last one may have been written in part.
    long before = written;
    for (int i = 0; i < last; i++) {
      before -= length(table, i, word);
    }
    for (int i = last; i >= 0 && open > 0; i--) {
      long length = i == last ? before : length(table, i, word);
      int size = (int) Math.min(length, open);
      long from = LittleEndian.number(table, i * 2 * word, word) + length - size;
      open -= size;
      if (memory.read(from, end, open, size) != size) {
        return null;
      }
    }
    return end;
  }

  /// A length that is no size counts as all that there can be.
  private static long length(byte[] table, int vector, int word) {
    long length = LittleEndian.number(table, (vector * 2 + 1) * word, word);
    return length < 0 ? Integer.MAX_VALUE : length;
  }
}
