package trapline.linux.ptrace;

import java.util.Map;
import trapline.linux.proc.ProcessMemory;
import trapline.linux.sys.Numbers;
import trapline.model.RemoteMemory;

/// The memory of a traced process as the program left it, without breakpoints.
///
/// A thread that has ended has no memory any more, also where its process goes on with others: then
/// it is read through one of those.
final class CleanMemory implements RemoteMemory {
  private final ThreadTable threads;
  private TracedThread thread;
  private ProcessMemory memory;

  CleanMemory(ThreadTable threads, TracedThread thread) {
    this.threads = threads;
    this.thread = thread;
    this.memory = new ProcessMemory(thread.threadId);
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int count = memory.tryRead(address, into, offset, length);
    if (count == -Numbers.ESRCH) {
      count = readByAnother(address, into, offset, length);
    }
    if (count > 0 && thread.space.hasBreakpoints()) {
      for (Map.Entry<Long, byte[]> breakpoint : thread.space.breakpoints().entrySet()) {
        byte[] original = breakpoint.getValue();
        for (int i = 0; i < original.length; i++) {
          long at = breakpoint.getKey() + i - address;
          if (at >= 0 && at < count) {
            into[offset + (int) at] = original[i];
          }
        }
      }
    }
    return Math.max(0, count);
  }

  private int readByAnother(long address, byte[] into, int offset, int length) {
    for (TracedThread other : threads.all()) {
      if (other.processId == thread.processId && other.threadId != memory.threadId()) {
        ProcessMemory through = new ProcessMemory(other.threadId);
        int count = through.tryRead(address, into, offset, length);
        if (count != -Numbers.ESRCH) {
          thread = other;
          memory = through;
          return count;
        }
      }
    }
    return 0;
  }
}
