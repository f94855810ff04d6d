package trapline.unwind;

import java.util.Arrays;
import trapline.model.Registers;

/// The registers of a frame: in a caller's frame some are recovered exactly, and the others are
/// not known. Immutable.
public final class FrameRegisters {
  static final int RBX = 3;
  static final int RBP = 6;
  static final int RSP = 7;
  static final int RIP = 16;

  /// The registers that a function must leave as they were, besides rsp: rbx, rbp, r12 to r15
  /// (System V psABI AMD64, figure 3.4), one bit for each DWARF number.
  static final int PRESERVED = 1 << RBX | 1 << RBP | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15;

  private final long[] values;
  private final int known;

  private FrameRegisters(long[] values, int known) {
    this.values = values;
    this.known = known;
  }

  /// The registers of a stopped thread: all are known.
  public static FrameRegisters of(Registers registers) {
    Builder builder = new Builder();
    for (int number = 0; number < Registers.DWARF_COUNT; number++) {
      builder.set(number, registers.dwarf(number));
    }
    return builder.build();
  }

  /// Some of the registers in a part of an array, which is in the order of DWARF numbers.
  ///
  /// @param known one bit for each known register
  static FrameRegisters of(long[] all, int from, int known) {
    return new FrameRegisters(Arrays.copyOfRange(all, from, from + Registers.DWARF_COUNT), known);
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
    private final long[] values = new long[Registers.DWARF_COUNT];
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
