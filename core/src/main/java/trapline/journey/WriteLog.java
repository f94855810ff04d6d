package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// What memory held before each instruction of a stepped thread, so that the memory can be read
/// later as it was at any of them.
public final class WriteLog {
  private static final int WORD = 8;

  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Write(int state, long address, byte[] before) {
    /// Puts what was there into a piece of memory that was read later.
    void undo(long from, byte[] into, int offset, int length) {
      for (int i = 0; i < before.length; i++) {
        long at = address + i - from;
        if (at >= 0 && at < length) {
          into[offset + (int) at] = before[i];
        }
      }
    }
  }

  private final List<Write> writes = new ArrayList<>();

  /// The last state before an instruction of which it is not known what it wrote; -1 for none.
  private int unknown = -1;

  /// A log without entries.
  public WriteLog() {}

  /// Notes that something else may overwrite anything now.
  ///
  /// @param state how many instructions ran before it
  public void unknown(int state) {
    unknown = state;
  }

  /// Notes what an instruction is about to overwrite.
  ///
  /// @param state how many instructions ran before it
  /// @param registers as they are before it
  /// @param memory as it is before it
  public void before(int state, Instruction instruction, Registers registers, RemoteMemory memory) {
    String mnemonic = instruction.mnemonic();
    if (mnemonic.startsWith("push")) {
      note(state, registers.stackPointer() - WORD, WORD, memory);
    } else if (mnemonic.startsWith("enter") || mnemonic.startsWith("maskmov")) {
      unknown = state;
    }
    for (int i = 0; i < instruction.operandCount(); i++) {
      if (instruction.kind(i) != OperandKind.MEMORY || !instruction.writes(i)) {
        continue;
      }
      boolean scatters = mnemonic.contains("scatter");
      if (instruction.size(i) <= 0 || scatters || instruction.isRepeated()) {
        unknown = state;
      } else {
        long address = MemoryOperands.address(instruction, i, registers);
        note(state, address, instruction.size(i), memory);
      }
    }
  }

  private void note(int state, long address, int size, RemoteMemory memory) {
    byte[] before = memory.readExactly(address, size);
    if (before == null) {
      unknown = state;
    } else {
      writes.add(new Write(state, address, before));
    }
  }

  /// Memory as it was in a state; unreadable where that is not known any more.
  ///
  /// @param now memory as it is behind the last instruction
  RemoteMemory at(int state, RemoteMemory now) {
    if (unknown >= state) {
      return (address, into, offset, length) -> 0;
    }
    return (address, into, offset, length) -> {
      int read = now.read(address, into, offset, length);
      for (int i = writes.size() - 1; i >= 0 && writes.get(i).state() >= state; i--) {
        writes.get(i).undo(address, into, offset, read);
      }
      return read;
    };
  }
}
