package trapline.capture;

/// Stops threads at addresses, with [TraceEvent.BreakpointHit].
///
/// A breakpoint belongs to a memory: all threads of a process see it, and a vfork child that
/// borrows its parent's memory, too. A forked child starts with a copy of its parent's
/// breakpoints; exec
/// drops them. [Capture#memory(int)] does not show them.
public interface Breakpoints {
  /// Sets a breakpoint in the process of a stopped thread.
  ///
  /// @return whether it is there now: `false` when there is no memory at `address` or the process
  ///     has ended
  boolean insert(int threadId, long address);

  /// Removes a breakpoint; nothing happens when there is none.
  void remove(int threadId, long address);

  /// Whether there is a breakpoint at `address`.
  boolean contains(int threadId, long address);
}
