package trapline.capture;

/// What came of stepping a thread by one instruction.
public enum StepResult {
  /// The instruction ran; the thread is stopped at the next one.
  STEPPED,

  /// A signal came before the instruction ran. It is kept and delivered when the thread
  /// is resumed, after those that it kept before. The next step runs the instruction. A signal of
  /// which nothing comes, as it is ignored, is passed on and ends no step.
  SIGNALLED,

  /// The instruction itself raised a signal, such as SIGSEGV. The next step or resume delivers it:
  /// a step then stops at the first instruction of the handler, or the thread ends.
  FAULTED,

  /// A breakpoint instruction of the program itself (not one of [Breakpoints]) ran: SIGTRAP is
  /// pending as for [#FAULTED].
  TRAPPED,

  /// The instruction was a system call that made a thread or process, ran another program, or is at
  /// a stop of its own. [Stepping#stepEvent()] has the event, which [Capture#next()] hands out
  /// next; the thread is stopped.
  EVENT,

  /// The thread is gone. [Stepping#stepEvent()] has the event, which [Capture#next()] hands out
  // next.
  ENDED,

  /// [Capture#interrupt()] ended the wait. The thread still runs: it blocks in a system call. Its
  /// next event comes from [Capture#next()].
  INTERRUPTED
}
