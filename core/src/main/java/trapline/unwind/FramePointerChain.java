package trapline.unwind;

import org.jspecify.annotations.Nullable;
import trapline.model.Evidence;

/// The last resort: takes `rbp` for a frame pointer, and takes what is found there for the caller
/// only when it can be one.
final class FramePointerChain {
  private static final Evidence RULE = new Evidence.Inferred("frame pointer chain");

  private FramePointerChain() {}

  /// The caller, when `rbp` points up the stack at a saved `rbp` and a return address that follows
  /// a call instruction.
  ///
  /// @return `null` when it does not
  static Caller.@Nullable Found caller(
      FrameRegisters registers, PageCache memory, ReturnAddresses returnAddresses) {
    if (!registers.isKnown(FrameRegisters.FRAME_POINTER)
        || !registers.isKnown(FrameRegisters.STACK_POINTER)) {
      return null;
    }
    long frame = registers.value(FrameRegisters.FRAME_POINTER);
    if ((frame & 7) != 0
        || Long.compareUnsigned(frame, registers.value(FrameRegisters.STACK_POINTER)) < 0) {
      return null;
    }
    Long outer = memory.word(frame);
    Long returnAddress = memory.word(frame + 8);
    if (outer == null || returnAddress == null || !returnAddresses.plausible(returnAddress)) {
      return null;
    }
    FrameRegisters.Builder caller = new FrameRegisters.Builder();
    caller.set(FrameRegisters.FRAME_POINTER, outer);
    caller.set(FrameRegisters.STACK_POINTER, frame + 16);
    caller.set(FrameRegisters.INSTRUCTION_POINTER, returnAddress);
    return new Caller.Found(frame + 16, caller.build(), false, false, RULE);
  }
}
