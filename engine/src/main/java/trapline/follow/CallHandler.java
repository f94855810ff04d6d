package trapline.follow;

import org.jspecify.annotations.Nullable;
import trapline.capture.TraceEvent;
import trapline.model.CallKey;

/// What becomes of the calls that a [Session] sees. The thread that an event names is stopped.
interface CallHandler {
  /// An event is about to be taken by one of the other methods.
  default void before(TraceEvent event) {}

  /// A call is about to run.
  ///
  /// @param key which call of the run it is; `null` when no notes are taken
  void entered(TraceEvent.Entered entered, TracedProcess process, @Nullable CallKey key);

  /// A call is about to run that writes to where this process writes, too.
  default void writes(TraceEvent.Entered entered) {}

  /// A call has returned.
  void exited(TraceEvent.Exited exited, TracedProcess process);

  /// A seccomp filter kept a call from being made, and had SIGSYS sent for it. The registers are
  /// those of before the call.
  void trapped(TraceEvent.Exited exited, TracedProcess process);

  /// A process is about to be forgotten, as it runs another program.
  void leaves(TraceEvent.Execed execed);

  /// A process has begun to run a program.
  default void begins(TracedProcess process, TraceEvent.Execed execed) {}

  /// A thread is under trace from here on.
  default void started(TracedProcess process, TraceEvent.Started started) {}

  /// A thread has made another one.
  ///
  /// @param made its process, when that is new
  default void forked(TraceEvent.Forked forked, @Nullable TracedProcess made) {}

  /// A thread is gone.
  void ended(TraceEvent.Ended ended);

  /// A process is gone, after the last of its threads.
  default void ended(int processId) {}

  /// Events could not be captured: what a thread does next may be anything.
  default void lost(TraceEvent.Lost lost) {}

  /// A thread has reached a breakpoint.
  default void reached(TracedProcess process, TraceEvent.BreakpointHit hit) {}

  /// Whether nothing more is wanted. Asked after each event.
  boolean isComplete();

  /// Whether nobody wants to see the end of a call that is about to run.
  default boolean isIndifferent(TraceEvent.Entered entered) {
    return false;
  }

  /// Whether there is something left to do that no thread waits for.
  default boolean isBehind() {
    return false;
  }

  /// Does a part of what is left to do.
  default void catchUp() {}
}
