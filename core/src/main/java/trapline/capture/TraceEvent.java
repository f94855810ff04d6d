package trapline.capture;

import trapline.model.Registers;
import trapline.model.SyscallId;

/// What a capture back-end sees, in the order in which it happened in each thread.
///
/// From a back-end that stops threads, the thread that an event names is stopped until it is
/// resumed, except after [Ended], [Lost] and [Interrupted].
public sealed interface TraceEvent {
  /// The thread that it happened to; 0 when it concerns no single thread.
  int threadId();

  /// A thread is under trace from here on: made by a traced thread, or found running when the
  /// tracer attached to it.
  ///
  /// A thread that was found inside a system call has the call's number in `registers.number()`
  /// (-1 when it ran in user mode). There, `rax` is the call's result, or one of the kernel's
  /// restart codes (-512 to -516): then the kernel starts the call again when the thread is
  /// resumed, and [Entered] follows.
  ///
  /// @param processId the thread group that it belongs to
  record Started(int threadId, int processId, Registers registers) implements TraceEvent {}

  /// A system call is about to run.
  ///
  /// @param call its number, and the ABI as the kernel states it (`int $0x80` in a 64-bit program
  ///     is [Abi#I386])
  record Entered(int threadId, SyscallId call, Registers registers, long nanoTime)
      implements TraceEvent {}

  /// A system call is about to return to user mode.
  ///
  /// @param call the call of the [Entered] before it; when that was not seen, what the registers
  ///     say, with number -1 when they do not say it
  record Exited(int threadId, SyscallId call, Registers registers, long nanoTime)
      implements TraceEvent {}

  /// A signal is about to be delivered.
  record Signalled(int threadId, int signal) implements TraceEvent {}

  /// The thread reached a breakpoint; its program counter is at `address`, whose instruction has
  /// not run yet.
  record BreakpointHit(int threadId, long address) implements TraceEvent {}

  /// The thread has come to the address that it was to run to, whose instruction has not run yet.
  record Reached(int threadId, long address) implements TraceEvent {}

  /// One instruction has run. Only for a step whose wait was interrupted.
  record Stepped(int threadId) implements TraceEvent {}

  /// A new thread or process.
  ///
  /// @param childId the new thread's id; its own first event is [Started]
  /// @param sameProcess whether it is a thread of the same process
  record Forked(int threadId, int childId, boolean sameProcess) implements TraceEvent {}

  /// The process runs another program from here on.
  ///
  /// @param formerThreadId the id that the calling thread had before it became the leader
  record Execed(int threadId, int formerThreadId) implements TraceEvent {}

  /// The thread is gone.
  ///
  /// @param status what it passed to exit, from 0 to 255; 0 when a signal ended it
  /// @param signal the signal that ended it, or 0
  record Ended(int threadId, int status, int signal) implements TraceEvent {}

  /// Events could not be kept, as this process did not take them fast enough.
  ///
  /// @param threadId the thread that they belong to; 0 when that is not known
  /// @param count how many, at least
  record Lost(int threadId, long count) implements TraceEvent {}

  /// Someone asked the tracer to stop waiting; nothing happened to any thread.
  record Interrupted() implements TraceEvent {
    @Override
    public int threadId() {
      return 0;
    }
  }
}
