package trapline.linux.ptrace;

import java.util.Map;
import trapline.linux.proc.ProcessMemory;
import trapline.model.RemoteMemory;

/// The memory of a traced process as the program left it, without breakpoints.
final class CleanMemory implements RemoteMemory {
  private final ProcessMemory memory;
  private final TracedThread thread;

  CleanMemory(TracedThread thread) {
    this.memory = new ProcessMemory(thread.threadId);
    this.thread = thread;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int count = memory.read(address, into, offset, length);
    if (count > 0 && thread.space.hasBreakpoints()) {
      for (Map.Entry<Long, Byte> breakpoint : thread.space.breakpoints().entrySet()) {
        long at = breakpoint.getKey() - address;
        if (at >= 0 && at < count) {
          into[offset + (int) at] = breakpoint.getValue();
        }
      }
    }
    return count;
  }
}
