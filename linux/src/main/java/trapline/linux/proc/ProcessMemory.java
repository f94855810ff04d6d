package trapline.linux.proc;

import trapline.model.RemoteMemory;

/// The memory of another process, through process_vm_readv(2) or `/proc/PID/mem`.
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"})
public final class ProcessMemory implements RemoteMemory {
  private final int threadId;

  /// @param threadId a living thread of the process: the memory cannot be had through a leader that
  ///     has exited
  public ProcessMemory(int threadId) {
    this.threadId = threadId;
  }

  public int threadId() {
    return threadId;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  /// Writes bytes, also to pages that the process may not write, as a debugger does.
  ///
  /// @return whether all were written
  public boolean write(long address, byte[] bytes) {
    throw new UnsupportedOperationException();
  }
}
