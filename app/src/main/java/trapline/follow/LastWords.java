package trapline.follow;

import java.nio.charset.StandardCharsets;
import trapline.abi.SyscallTable;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.TraceEvent;

/// The end of what a program and its children wrote to their standard error: there a program says
/// why it gives up.
final class LastWords {
  private static final int STANDARD_ERROR = 2;
  private static final int MOST = 2048;
  private static final int VECTORS = 16;
  private static final int VECTOR = 16; // sizeof(struct iovec)

  private final StringBuilder text = new StringBuilder();

  /// A call has returned.
  void exited(TraceEvent.Exited event, RemoteMemory memory) {
    Registers registers = event.registers();
    long written = registers.rax();
    if (event.call().abi() != Abi.X86_64
        || registers.argument(0) != STANDARD_ERROR
        || written <= 0) {
      return;
    }
    switch (SyscallTable.of(Abi.X86_64).nameOf(event.call().number())) {
      case "write" -> add(memory, registers.argument(1), written);
      case "writev" -> vectors(memory, registers.argument(1), registers.argument(2), written);
      default -> {}
    }
  }

  private void vectors(RemoteMemory memory, long at, long count, long written) {
    long left = written;
    for (int i = 0; i < Math.min(count, VECTORS) && left > 0; i++) {
      byte[] vector = memory.readExactly(at + (long) i * VECTOR, VECTOR);
      if (vector == null) {
        return;
      }
      long length = Math.min(left, word(vector, 8));
      add(memory, word(vector, 0), length);
      left -= Math.max(0, length);
    }
  }

  private static long word(byte[] bytes, int at) {
    long word = 0;
    for (int i = 7; i >= 0; i--) {
      word = word << 8 | (bytes[at + i] & 0xff);
    }
    return word;
  }

  private void add(RemoteMemory memory, long at, long length) {
    byte[] bytes = new byte[Math.clamp(length, 0, MOST)];
    int read = memory.read(at + Math.max(0, length - MOST), bytes, 0, bytes.length);
    text.append(new String(bytes, 0, read, StandardCharsets.UTF_8));
    if (text.length() > MOST) {
      text.delete(0, text.length() - MOST);
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
