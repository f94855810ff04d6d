package trapline.unwind;

import trapline.model.Evidence;
import trapline.model.RemoteAddress;

/// One frame on the stack, or one that a tail call has taken from it. Inlined calls are not told
/// apart here.
///
/// @param pc the trap in the innermost frame; the return address in the others
/// @param lookupPc the address to ask symbols, lines and unwind tables for: `pc` in the innermost
///     frame and where a signal interrupted the code, else `pc` - 1, inside the call instruction
/// @param cfa the canonical frame address: the stack pointer before the call to this function; 0
///     in the outermost frame when it has no caller to tell it
/// @param registers as they were when this frame ran the call
/// @param signal whether this is the frame that the kernel pushed to call a signal handler
/// @param tailCall whether the function has left the stack by a tail call: `pc` is then the address
///     behind the jump, or where the function starts when the jump is not known, and the registers
///     are those of the frame that will be returned to
/// @param module name of the object file that `pc` is in; empty when none
/// @param evidence how this frame was found from the one inside it
public record PhysicalFrame(
    RemoteAddress pc,
    RemoteAddress lookupPc,
    RemoteAddress cfa,
    FrameRegisters registers,
    boolean signal,
    boolean tailCall,
    String module,
    Evidence evidence) {
  /// Whether `pc` says where in the function this frame is.
  public boolean isPlaceKnown() {
    return !tailCall || !pc.equals(lookupPc);
  }
}
