package trapline.linux.ptrace;

import trapline.capture.Breakpoints;

/// The breakpoints of all traced processes: `int3` instructions, written through `/proc/PID/mem`,
/// which does not ask for write permission of the page.
///
/// When the tracing process is killed, the kernel lets go of attached programs but leaves
/// breakpoints in their memory. So keep them few and short-lived in programs that were not
/// launched.
final class PatchedBreakpoints implements Breakpoints {
  private final ThreadTable threads;

  PatchedBreakpoints(ThreadTable threads) {
    this.threads = threads;
  }

  @Override
  public boolean insert(int threadId, long address) {
    TracedThread thread = threads.get(threadId);
    return thread != null && thread.space.insert(threadId, address);
  }

  @Override
  public void remove(int threadId, long address) {
    TracedThread thread = threads.get(threadId);
    if (thread != null) {
      thread.space.remove(threadId, address);
    }
  }

  @Override
  public boolean contains(int threadId, long address) {
    TracedThread thread = threads.get(threadId);
    return thread != null && thread.space.contains(address);
  }
}
