package trapline.unwind;

import trapline.model.Evidence;
import trapline.model.RemoteAddress;

/// One frame that is really on the stack. Inlined calls are not told apart here.
///
/// @param pc the trap in the innermost frame; the return address in the others
/// @param lookupPc the address to ask symbols, lines and unwind tables for: `pc` in the innermost
///     frame and where a signal interrupted the code, else `pc` - 1, inside the call instruction
/// @param cfa the canonical frame address: the stack pointer before the call to this function; 0
///     in the outermost frame when it has no caller to tell it
/// @param registers as they were when this frame ran the call
/// @param signal whether this is the frame that the kernel pushed to call a signal handler
/// @param module name of the object file that `pc` is in; empty when none
/// @param evidence how this frame was found from the one inside it
public record PhysicalFrame(
    RemoteAddress pc,
    RemoteAddress lookupPc,
    RemoteAddress cfa,
    FrameRegisters registers,
    boolean signal,
    String module,
    Evidence evidence) {}
