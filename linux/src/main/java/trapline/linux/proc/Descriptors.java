package trapline.linux.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the file descriptors of a process are.
public final class Descriptors {
  private static final String DELETED = " (deleted)";
  private static final String SOCKET = "socket:[";
  private static final int CHARACTER_DEVICE = 2;
  private static final int BLOCK_DEVICE = 6;

  private final int threadId;

  /// @param threadId a living thread of the process
  public Descriptors(int threadId) {
    this.threadId = threadId;
  }

  public int threadId() {
    return threadId;
  }

  /// What a descriptor is, now, as `strace -yy` prints it: a path, `/dev/null<char 1:3>`,
  /// `pipe:[4711]`, `anon_inode:[eventfd]`, `TCP:[127.0.0.1:8080->127.0.0.1:41234]`,
  /// `UNIX-STREAM:[4711->4712,"/run/x"]`, or `TCP:[4711]` for a socket that has no address yet.
  ///
  /// @return `null` when the process has no such descriptor or may not be looked at
  public @Nullable String describe(int descriptor) {
    String file = "/proc/" + threadId + "/fd/" + descriptor;
    String target = ProcFile.link(file);
    if (target == null) {
      return null;
    }
    if (target.startsWith(SOCKET)) {
      long inode = ProcFile.number(target.substring(SOCKET.length()), 10, -1);
      return inode < 0 ? target : Sockets.describe(threadId, file, inode);
    }
    if (target.startsWith("/dev/")) {
      return target + device(file);
    }
    if (target.startsWith("/") && target.endsWith(DELETED)) {
      return target.substring(0, target.length() - DELETED.length()) + "(deleted)";
    }
    return target;
  }

  private static String device(String file) {
    try {
      Map<String, Object> attributes = Files.readAttributes(Path.of(file), "unix:mode,rdev");
      if (!(attributes.get("mode") instanceof Integer mode)
          || !(attributes.get("rdev") instanceof Long device)) {
        return "";
      }
      boolean block = (mode & 0xf000) == BLOCK_DEVICE << 12;
      boolean character = (mode & 0xf000) == CHARACTER_DEVICE << 12;
      if (!block && !character) {
        return "";
      }
      long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
      long minor = (device & 0xff) | (device >>> 12 & ~0xffL);
      return (block ? "<block " : "<char ") + major + ":" + minor + ">";
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return "";
    }
  }
}
