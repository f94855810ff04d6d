package trapline.unwind;

import java.util.Arrays;
import trapline.model.Abi;
import trapline.model.Architecture;
import trapline.model.Registers;

/// The registers of a frame: in a caller's frame some are recovered exactly, and the others are
/// not known. Immutable.
public final class FrameRegisters {
  /// The architecture whose stacks are walked. The numbers below are constants, because they are
  /// used for each frame of each call.
  static final Architecture ARCHITECTURE = Abi.NATIVE.machine();

  /// How many registers there are in a frame.
  static final int COUNT = ARCHITECTURE.dwarfCount();

  static final int FRAME_POINTER = ARCHITECTURE.dwarfFramePointer();
  static final int STACK_POINTER = ARCHITECTURE.dwarfStackPointer();

  /// In a caller's frame the address that it returns to.
  static final int INSTRUCTION_POINTER = ARCHITECTURE.dwarfInstructionPointer();

  /// The registers that a function must leave as they were, besides the stack pointer: one bit for
  /// each DWARF number.
  static final int PRESERVED = ARCHITECTURE.preserved();

  private final long[] values;
  private final int known;

  private FrameRegisters(long[] values, int known) {
    this.values = values;
    this.known = known;
  }

  /// The registers of a stopped thread: all are known.
  public static FrameRegisters of(Registers registers) {
    Builder builder = new Builder();
    for (int number = 0; number < COUNT; number++) {
      builder.set(number, registers.dwarf(number));
    }
    return builder.build();
  }

  /// Some of the registers in a part of an array, which is in the order of DWARF numbers.
  ///
  /// @param known one bit for each known register
  static FrameRegisters of(long[] all, int from, int known) {
    return new FrameRegisters(Arrays.copyOfRange(all, from, from + COUNT), known);
  }

  /// Whether the register's value in this frame was recovered.
  ///
  /// @param number the register's DWARF number, of any size
  public boolean isKnown(int number) {
    return number >= 0 && number < values.length && (known >> number & 1) != 0;
  }

  /// The register's value.
  ///
  /// @param number the register's DWARF number
  /// @throws IllegalArgumentException when the value is not known
  public long value(int number) {
    if (!isKnown(number)) {
      throw new IllegalArgumentException("register " + number + " is not known in this frame");
    }
    return values[number];
  }

  /// One bit for each known register, counted by DWARF number.
  public int knownMask() {
    return known;
  }

  /// Collects the registers of a caller's frame.
  static final class Builder {
    private final long[] values = new long[COUNT];
    private int known;

    void set(int number, long value) {
      values[number] = value;
      known |= 1 << number;
    }

    void copy(FrameRegisters from, int number) {
      if (from.isKnown(number)) {
        set(number, from.values[number]);
      }
    }

    FrameRegisters build() {
      return new FrameRegisters(values.clone(), known);
    }
  }
}
