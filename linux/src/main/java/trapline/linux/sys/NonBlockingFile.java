package trapline.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A file that is read without waiting for more, such as a pipe of tracefs. For one thread.
public final class NonBlockingFile implements AutoCloseable {
  private static final int ROOM = 1 << 16;

  private final Kernel kernel = new Kernel();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(ROOM);
  private final int descriptor;

  private NonBlockingFile(String path) {
    this.descriptor = kernel.open(path, Numbers.O_RDONLY | Numbers.O_NONBLOCK | Numbers.O_NOCTTY);
  }

  /// Opens a file.
  ///
  /// @throws trapline.model.KernelRefused when open(2) fails
  public static NonBlockingFile open(String path) {
    NonBlockingFile file = new NonBlockingFile(path);
    if (file.descriptor < 0) {
      file.arena.close();
      throw file.kernel.refused("open(\"" + path + "\")", file.descriptor, "");
    }
    return file;
  }

  /// Reads what there is.
  ///
  /// @return how many bytes; 0 when there is none now, or at the end
  /// @throws trapline.model.KernelRefused when read(2) fails
  public int read(byte[] into) {
    long got;
    do {
      got =
          kernel.syscall(
              Numbers.READ, descriptor, buffer.address(), Math.min(ROOM, into.length), 0);
    } while (got == -Numbers.EINTR);
    if (got == -Numbers.EAGAIN) {
      return 0;
    }
    if (got < 0) {
      throw kernel.refused("read", got, "");
    }
    Kernel.copy(buffer, into, 0, (int) got);
    return (int) got;
  }

  @Override
  public void close() {
    kernel.close(descriptor);
    arena.close();
  }
}
