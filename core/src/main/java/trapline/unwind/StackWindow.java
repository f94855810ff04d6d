package trapline.unwind;

import java.util.Arrays;
import trapline.bytes.LittleEndian;
import trapline.model.RemoteMemory;

/// Words of a stopped thread's stack. The part above the stack pointer is read at once, other parts
/// when they are asked for. Makes no objects after it was made.
final class StackWindow {
  private static final int FIRST = 4096;
  private static final int BLOCK = 1024;
  private static final int SLOTS = 16;
  private static final int WORD = 8;

  private final byte[] first = new byte[FIRST];
  private final byte[][] blocks = new byte[SLOTS][BLOCK];
  private final long[] starts = new long[SLOTS];
  private final int[] lengths = new int[SLOTS];
  private RemoteMemory memory = (address, into, offset, length) -> 0;
  private long base;
  private int length;
  private long word;

  /// Looks at another stack, or at the same one again.
  void moveTo(long stackPointer, RemoteMemory from) {
    memory = from;
    base = stackPointer;
    length = from.read(stackPointer, first, 0, FIRST);
    Arrays.fill(lengths, 0);
  }

  /// @return whether the word could be read, and [#word()] has it
  boolean fetch(long address) {
    long inside = address - base;
    if (inside >= 0 && inside <= length - WORD) {
      word = LittleEndian.word(first, (int) inside);
      return true;
    }
    long start = address & -BLOCK;
    int at = (int) (address - start);
    if (at > BLOCK - WORD) {
      return false; // not aligned, which no stack of a compiler's making is
    }
    int slot = (int) (start / BLOCK) & (SLOTS - 1);
    if (lengths[slot] == 0 || starts[slot] != start) {
      starts[slot] = start;
      lengths[slot] = memory.read(start, blocks[slot], 0, BLOCK);
    }
    if (at > lengths[slot] - WORD) {
      return false;
    }
    word = LittleEndian.word(blocks[slot], at);
    return true;
  }

  /// A copy of the part above the stack pointer; the rest is unreadable.
  RemoteMemory kept() {
    byte[] copy = Arrays.copyOf(first, length);
    long start = base;
    return (address, into, offset, wanted) -> {
      long inside = address - start;
      if (inside < 0 || inside >= copy.length) {
        return 0;
      }
      int count = (int) Math.min(wanted, copy.length - inside);
      System.arraycopy(copy, (int) inside, into, offset, count);
      return count;
    };
  }

  long word() {
    return word;
  }
}
