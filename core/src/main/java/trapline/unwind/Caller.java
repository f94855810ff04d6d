package trapline.unwind;

import trapline.model.Evidence;

/// What one step from a frame to its caller finds.
sealed interface Caller {
  /// The caller.
  ///
  /// @param cfa the canonical frame address of the frame that was asked about
  /// @param registers of the caller; the return address is register 16
  /// @param signal whether the frame that was asked about is one that the kernel pushed for a
  ///     signal: its caller did not call but was interrupted
  /// @param switchesStack whether the caller's frame may be on another stack
  /// @param evidence how the caller was found
  record Found(
      long cfa, FrameRegisters registers, boolean signal, boolean switchesStack, Evidence evidence)
      implements Caller {}

  /// There is no caller: the thread started here.
  ///
  /// @param cfa the frame's canonical frame address; 0 when it is not known
  record None(long cfa) implements Caller {}

  /// The caller cannot be found.
  ///
  /// @param reason why, as a phrase
  record Lost(String reason) implements Caller {}
}
