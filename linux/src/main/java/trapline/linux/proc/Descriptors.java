package trapline.linux.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the file descriptors of a process are.
public final class Descriptors {
  private final int threadId;

  /// @param threadId a living thread of the process
  public Descriptors(int threadId) {
    this.threadId = threadId;
  }

  public int threadId() {
    return threadId;
  }

  /// What a descriptor is, now, as `strace -yy` prints it: a path, `pipe:[4711]`,
  /// `anon_inode:[eventfd]`, `TCP:[127.0.0.1:8080->127.0.0.1:41234]`, `UNIX:[4711,"/run/x"]`.
  ///
  /// @return `null` when the process has no such descriptor or may not be looked at
  public @Nullable String describe(int descriptor) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + threadId + "/fd/" + descriptor)).toString();
    } catch (IOException e) {
      return null;
    }
  }
}
