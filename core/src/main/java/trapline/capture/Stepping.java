package trapline.capture;

import org.jspecify.annotations.Nullable;

/// Runs stopped threads instruction by instruction, or up to an address.
public interface Stepping {
  /// Whether a stopped thread can be stepped without changing what its program sees: where SIGTRAP
  /// is blocked or ignored, the kernel unblocks it and resets its handler at the first step
  /// (`force_sig_info_to_task` in `kernel/signal.c`). Only a system call changes the answer.
  boolean canStep(int threadId);

  /// Runs one instruction of a stopped thread and waits for that; other threads go on, their events
  /// are kept for [Capture#next()].
  ///
  /// A `syscall` instruction runs as one step, without [TraceEvent.Entered] and
  /// [TraceEvent.Exited], and the step waits as long as the call blocks. To see the call, use
  /// [Capture#resume(int)] at the instruction, take both events, and step on from there: at
  /// [TraceEvent.Exited] the thread is right behind the instruction. A step over a breakpoint runs
  /// the instruction that belongs there. From [TraceEvent.Entered], a step runs the call to its end
  /// and leaves the thread behind the `syscall` instruction.
  ///
  /// @throws IllegalStateException when the thread is not stopped
  StepResult step(int threadId);

  /// The event that ended the last step, for [StepResult#EVENT] and [StepResult#ENDED].
  /// [Capture#next()] hands it out next.
  @Nullable TraceEvent stepEvent();

  /// Lets a stopped thread run until it comes to an address, with a stack pointer of at least
  /// `stackPointer`: then its event is [TraceEvent.Reached]. Any other event comes first and ends
  /// this, but for a signal of which nothing comes. Nothing in the program's memory is changed.
  ///
  /// @return `false` when that cannot be done for this thread, which is still stopped then. It must
  ///     be one that [#canStep(int)].
  boolean resumeTo(int threadId, long address, long stackPointer);

  /// Whether a thread is on its way to where [#resumeTo(int, long, long)] sent it.
  boolean isUnderWay(int threadId);
}
