package trapline.linux.proc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;
import trapline.model.RemoteMemory;

/// The memory of another process, through process_vm_readv(2) or `/proc/PID/mem`.
///
/// Safe for use by many threads.
public final class ProcessMemory implements RemoteMemory {
  private static final int BUFFER_SIZE = 0x10000;
  private static final long PAGE = 0x1000;

  /// What one thread reads with: two `struct iovec` and a buffer.
  private static final class Scratch {
    final Kernel kernel = new Kernel();
    final MemorySegment vectors = Arena.ofAuto().allocate(32, 8);
    final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_SIZE, 8);
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

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
    return Math.max(0, tryRead(address, into, offset, length));
  }

  /// As [#read(long, byte[], int, int)], but says why nothing could be read.
  ///
  /// @return the number of bytes, or a negative error number: `-ESRCH` when the thread is gone or
  ///     has ended
  public int tryRead(long address, byte[] into, int offset, int length) {
    Scratch scratch = SCRATCH.get();
    int done = 0;
    while (done < length) {
      int wanted = Math.min(length - done, BUFFER_SIZE);
      int count = readSome(scratch, address + done, wanted);
      if (count <= 0) {
        return done == 0 ? count : done;
      }
      MemorySegment.copy(scratch.buffer, JAVA_BYTE, 0, into, offset + done, count);
      done += count;
      if (count < wanted) {
        break;
      }
    }
    return done;
  }

  private int readSome(Scratch scratch, long address, int wanted) {
    long vectors = scratch.vectors.address();
    scratch.vectors.set(JAVA_LONG, 0, scratch.buffer.address());
    scratch.vectors.set(JAVA_LONG, 8, wanted);
    scratch.vectors.set(JAVA_LONG, 16, address);
    scratch.vectors.set(JAVA_LONG, 24, wanted);
    long count =
        scratch.kernel.syscall(Numbers.PROCESS_VM_READV, threadId, vectors, 1, vectors + 16, 1, 0);
    if (count >= 0 || count == -Numbers.EFAULT || count == -Numbers.ESRCH) {
      return (int) count;
    }
    return readFile(scratch, address, wanted); // a seccomp filter may forbid the call
  }

  private int readFile(Scratch scratch, long address, int wanted) {
    int file = scratch.kernel.open("/proc/" + threadId + "/mem", Numbers.O_RDONLY);
    if (file < 0) {
      return file;
    }
    try {
      int done = 0;
      while (done < wanted) {
        int page = (int) Math.min(wanted - done, PAGE - (address + done & PAGE - 1));
        long count =
            scratch.kernel.syscall(
                Numbers.PREAD64, file, scratch.buffer.address() + done, page, address + done);
        if (count <= 0) {
          // The end of the file is there at once where there is no memory any more.
          return done == 0 && count == 0 ? -Numbers.ESRCH : done;
        }
        done += (int) count;
      }
      return done;
    } finally {
      scratch.kernel.close(file);
    }
  }

  /// Writes bytes, also to pages that the process may not write, as a debugger does.
  ///
  /// @return whether all were written
  public boolean write(long address, byte[] bytes) {
    Scratch scratch = SCRATCH.get();
    int file = scratch.kernel.open("/proc/" + threadId + "/mem", Numbers.O_RDWR);
    if (file < 0) {
      return false;
    }
    try {
      int done = 0;
      while (done < bytes.length) {
        int size = Math.min(bytes.length - done, BUFFER_SIZE);
        MemorySegment.copy(bytes, done, scratch.buffer, JAVA_BYTE, 0, size);
        long count =
            scratch.kernel.syscall(
                Numbers.PWRITE64, file, scratch.buffer.address(), size, address + done);
        if (count <= 0) {
          return false;
        }
        done += (int) count;
      }
      return true;
    } finally {
      scratch.kernel.close(file);
    }
  }
}
