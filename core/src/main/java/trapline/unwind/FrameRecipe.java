package trapline.unwind;

import org.jspecify.annotations.Nullable;

/// A row of a call frame table in the form that nearly all have, to be applied quickly: the CFA is
/// a register plus an offset, and what is saved lies at offsets from it.
///
/// @param cfaRegister the register that the CFA is counted from, a DWARF number
/// @param cfaOffset from that register
/// @param end whether the thread started here: there is no caller
/// @param returnOffset where the return address is, from the CFA
/// @param saved for each of the registers of [FrameRegisters#PRESERVED], by DWARF number, where it
///     is saved, from the CFA; [#KEPT] when it still has the caller's value
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record FrameRecipe(int cfaRegister, long cfaOffset, boolean end, long returnOffset, long[] saved) {
  static final long KEPT = Long.MAX_VALUE;

  /// A frame that has no caller, and of which nothing else is known.
  static final FrameRecipe START =
      new FrameRecipe(FrameRegisters.STACK_POINTER, 8, true, 0, new long[0]);

  /// @return `null` when the row has another form
  static @Nullable FrameRecipe of(FrameRow row) {
    if (row.description().signal()
        || !(row.cfa() instanceof CfaRule.RegisterOffset(int register, long offset))
        || register >= FrameRegisters.COUNT) {
      return null;
    }
    int returnColumn = row.description().returnAddressRegister();
    RegisterRule returnRule = row.rule(returnColumn);
    if (returnColumn != FrameRegisters.INSTRUCTION_POINTER) {
      return null;
    }
    long[] saved = new long[FrameRegisters.COUNT];
    for (int number = 0; number < FrameRegisters.COUNT; number++) {
      saved[number] = KEPT;
      RegisterRule rule = row.rule(number);
      boolean preserved = (FrameRegisters.PRESERVED >> number & 1) != 0;
      if (number == FrameRegisters.INSTRUCTION_POINTER
          || rule instanceof RegisterRule.Unspecified) {
        continue;
      }
      if (!preserved) {
        return null;
      }
      if (rule instanceof RegisterRule.Offset(long at)) {
        saved[number] = at;
      } else if (!(rule instanceof RegisterRule.SameValue)) {
        return null;
      }
    }
    if (returnRule instanceof RegisterRule.Undefined) {
      return new FrameRecipe(register, offset, true, 0, saved);
    }
    return returnRule instanceof RegisterRule.Offset(long at)
        ? new FrameRecipe(register, offset, false, at, saved)
        : null;
  }
}
