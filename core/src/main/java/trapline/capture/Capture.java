package trapline.capture;

import org.jspecify.annotations.Nullable;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// Where a session gets the calls of programs from: threads that are stopped at them, records that
/// the kernel made, or a file of such records.
///
/// ```
/// for (TraceEvent event; (event = capture.next()) != null; ) {
///   ... look at the thread ...
///   capture.resume(event.threadId());
/// }
/// ```
///
/// **Order.** The events of one thread come in the order in which they happened. Its first is
/// [TraceEvent.Started] (of a program that the back-end launched, [TraceEvent.Execed]), its last
/// [TraceEvent.Ended]. [TraceEvent.Exited] belongs to the [TraceEvent.Entered] of the same thread
/// before it; the end of a call may be missing (the thread ended in it, ran another program, or
/// [#resumePast(int)] left it out), and so may the beginning (the thread was found inside it).
/// Events of different threads come in the order in which the back-end learned of them, with two
/// promises: [TraceEvent.Forked] comes before every event of the thread that it names, and before
/// [TraceEvent.Execed] the other threads of the process have [TraceEvent.Ended].
///
/// **Time.** Time stamps are nanoseconds of CLOCK_MONOTONIC (`System.nanoTime()`), taken when the
/// back-end learned of the event, and never decrease within one thread. Where threads are stopped,
/// the time from `Entered` to `Exited` includes waking the tracer up, twice.
///
/// **Stopped threads.** With [Capability#STEPPING] or [Capability#BREAKPOINTS] the thread that an
/// event names is stopped until it is resumed, except after [TraceEvent.Ended], [TraceEvent.Lost]
/// and [TraceEvent.Interrupted]; other threads run. A stopped thread may be killed at any moment:
/// then reads give nothing, resuming does nothing, and [TraceEvent.Ended] comes in its time. Other
/// back-ends stop nothing: `resume` does nothing then.
///
/// **Registers and memory.** [#registers(int)] and [#memory(int)] give what the thread has now
/// while it is stopped. A back-end that stops nothing gives what was captured with the thread's
/// last
/// event; all else is unreadable. Either way a read that fails is an answer, not an error.
///
/// **Losses.** A back-end that can fall behind says so with [TraceEvent.Lost], in the place of what
/// is missing: after it, a thread's next event may be any.
///
/// **Threads.** Unless it says otherwise, a back-end is used by the thread that made it, except for
/// [#interrupt()].
public interface Capture extends AutoCloseable {
  /// Waits for the next event.
  ///
  /// @return `null` when there will be no more
  @Nullable TraceEvent next();

  /// The next event that is there without waiting.
  ///
  /// @return `null` when there is none now
  @Nullable TraceEvent poll();

  /// Lets a stopped thread run to its next event, and delivers the signals that it was stopped for
  /// or that were kept while it was stepped. A thread of which an event waits to be handed out
  /// stays as it is.
  void resume(int threadId);

  /// As [#resume(int)], for a thread at [TraceEvent.Entered]: the end of that call is not wanted. A
  /// back-end may report it nevertheless.
  void resumePast(int threadId);

  /// What can do something that not every back-end can.
  ///
  /// @return `null` when this one cannot
  <T> @Nullable T find(Capability<T> capability);

  /// The registers of a thread.
  ///
  /// @return `null` when they are not known, as when the thread has ended
  @Nullable Registers registers(int threadId);

  /// The memory of a thread's process as the program left it. It can be read as long as one traced
  /// thread of the process lives, this one or another.
  RemoteMemory memory(int threadId);

  /// The process that a thread belongs to; 0 when it is unknown.
  int processOf(int threadId);

  /// Whether a thread of a process is traced that has not ended, as far as is known.
  boolean lives(int processId);

  /// Whether two threads have the same memory, not one a copy of the other's.
  boolean shareMemory(int threadId, int otherId);

  /// Where a signal handler began that the kernel has called in a process.
  ///
  /// @param slot where its return address is
  /// @return 0 when none was seen to be called there
  long handlerAt(int processId, long slot);

  /// Ends the wait of [#next()] or of a step, now or the next time it begins, with
  /// [TraceEvent.Interrupted]. May be called by any thread.
  void interrupt();

  /// Lets go of everything that was traced.
  @Override
  void close();
}
