package trapline.unwind;

import trapline.model.Registers;

/// The registers of a caller's frame: some are recovered exactly, the others are not known.
/// Immutable.
public final class FrameRegisters {
  private final long[] values;
  private final int known;

  FrameRegisters(long[] values, int known) {
    this.values = values;
    this.known = known;
  }

  /// The registers of a stopped thread: all are known.
  public static FrameRegisters of(Registers registers) {
    long[] values = new long[Registers.DWARF_COUNT];
    for (int number = 0; number < values.length; number++) {
      values[number] = registers.dwarf(number);
    }
    return new FrameRegisters(values, (1 << Registers.DWARF_COUNT) - 1);
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
}
