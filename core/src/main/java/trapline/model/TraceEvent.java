package trapline.model;

/// What a capture back-end sees, in the order in which it happened in each thread.
public sealed interface TraceEvent {
  /// The thread that it happened to.
  int threadId();

  /// A system call is about to run.
  record Entered(int threadId, Registers registers, long nanoTime) implements TraceEvent {}

  /// A system call is about to return to user mode.
  record Exited(int threadId, Registers registers, long nanoTime) implements TraceEvent {}

  /// A signal is about to be delivered.
  record Signalled(int threadId, int signal) implements TraceEvent {}

  /// A new thread or process.
  ///
  /// @param childId the new thread's id
  /// @param sameProcess whether it is a thread of the same process
  record Forked(int threadId, int childId, boolean sameProcess) implements TraceEvent {}

  /// The process runs another program from here on.
  ///
  /// @param formerThreadId the id that the calling thread had before it became the leader
  record Execed(int threadId, int formerThreadId) implements TraceEvent {}

  /// The thread is gone.
  ///
  /// @param signal the signal that ended it, or 0
  record Ended(int threadId, int status, int signal) implements TraceEvent {}

  /// Events that could not be kept.
  record Lost(int threadId, long count) implements TraceEvent {}
}
