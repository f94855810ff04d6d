package trapline.linux.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trapline.linux.sys.FileStatus;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// A file that one run at a time holds (flock(2)). Such a lock belongs to the open file, so it
/// lasts until this is closed or the process ends. Java's own locks belong to the process, and end
/// when
/// anything in it closes the same file, as setting the file's time does.
public final class HeldLock implements Closeable {
  private static final int MODE = 0600;
  private static final int POLL_MILLIS = 50;
  private static final int OPEN =
      Numbers.O_RDWR | Numbers.O_CREAT | Numbers.O_NOFOLLOW | Numbers.O_NONBLOCK | Numbers.O_NOCTTY;

  private final Kernel kernel = new Kernel();
  private int descriptor;

  private HeldLock(int descriptor) {
    this.descriptor = descriptor;
  }

  /// Takes a lock when nobody holds it.
  ///
  /// @param file in a [PrivateDirectory]; made when it is not there
  /// @return `null` when another run holds it
  public static @Nullable HeldLock tryTake(Path file) throws IOException {
    Kernel kernel = new Kernel();
    int descriptor = kernel.openAt(Numbers.AT_FDCWD, file.toString(), OPEN, MODE);
    if (descriptor < 0) {
      throw descriptor == -Numbers.ELOOP
          ? new UnsafePlace(file + ": is a symbolic link, where a lock should be; remove it")
          : FileErrors.of(file, kernel, descriptor);
    }
    FileStatus status = FileStatus.of(descriptor);
    if (!status.isRegular()) {
      kernel.close(descriptor);
      throw new UnsafePlace(file + ": should be a regular file, and is not; remove it");
    }
    long result;
    do {
      result = kernel.syscall(Numbers.FLOCK, descriptor, Numbers.LOCK_EX | Numbers.LOCK_NB, 0);
    } while (result == -Numbers.EINTR);
    // Who had it may have removed the file with it.
    boolean current = FileStatus.of(file.toString(), false).inode() == status.inode();
    if (result == 0 && current) {
      return new HeldLock(descriptor);
    }
    kernel.close(descriptor);
    if (result != 0 && result != -Numbers.EAGAIN) {
      throw FileErrors.of(file, kernel, (int) result);
    }
    return null;
  }

  /// Waits for a lock.
  ///
  /// @param waiting is called each time that another run is found to hold it
  public static HeldLock take(Path file, Runnable waiting) throws IOException {
    while (true) {
      HeldLock lock = tryTake(file);
      if (lock != null) {
        return lock;
      }
      waiting.run();
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
  }

  /// Sets the file's time of change to now.
  public void touch() {
    kernel.syscall(Numbers.UTIMENSAT, descriptor, 0, 0, 0);
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      kernel.close(descriptor);
      descriptor = -1;
    }
  }
}
