package trapline.linux.ptrace;

/// The breakpoints of all traced processes.
///
/// A breakpoint belongs to a memory image: all threads of a process see it, and a vfork child that
/// borrows its parent's memory too. A forked child starts with a copy of its parent's breakpoints;
/// exec drops them. They are `int3` instructions, written through `/proc/PID/mem`, which does not
/// ask for write permission of the page. [Tracer#memory(int)] hides them.
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"})
public final class Breakpoints {
  Breakpoints() {}

  /// Sets a breakpoint in the process of a stopped thread.
  ///
  /// @return whether it is there now: `false` when there is no memory at `address` or the process
  ///     is gone
  public boolean insert(int threadId, long address) {
    throw new UnsupportedOperationException();
  }

  /// Removes a breakpoint; nothing happens when there is none.
  public void remove(int threadId, long address) {
    throw new UnsupportedOperationException();
  }

  /// Whether there is a breakpoint of the tracer at `address`.
  public boolean contains(int threadId, long address) {
    throw new UnsupportedOperationException();
  }
}
