package trapline.linux.ptrace;

/// The breakpoints of all traced processes.
///
/// A breakpoint belongs to a memory image: all threads of a process see it, and a vfork child that
/// borrows its parent's memory too. A forked child starts with a copy of its parent's breakpoints;
/// exec drops them. They are `int3` instructions, written through `/proc/PID/mem`, which does not
/// ask for write permission of the page. [Tracer#memory(int)] hides them.
///
/// When the tracing process is killed, the kernel lets go of attached programs but leaves
/// breakpoints in their memory. So keep them few and short-lived in programs that were not
/// launched.
public final class Breakpoints {
  private final ThreadTable threads;

  Breakpoints(ThreadTable threads) {
    this.threads = threads;
  }

  /// Sets a breakpoint in the process of a stopped thread.
  ///
  /// @return whether it is there now: `false` when there is no memory at `address` or the process
  ///     is gone
  public boolean insert(int threadId, long address) {
    TracedThread thread = threads.get(threadId);
    return thread != null && thread.space.insert(threadId, address);
  }

  /// Removes a breakpoint; nothing happens when there is none.
  public void remove(int threadId, long address) {
    TracedThread thread = threads.get(threadId);
    if (thread != null) {
      thread.space.remove(threadId, address);
    }
  }

  /// Whether there is a breakpoint of the tracer at `address`.
  public boolean contains(int threadId, long address) {
    TracedThread thread = threads.get(threadId);
    return thread != null && thread.space.contains(address);
  }
}
