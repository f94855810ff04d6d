package trapline.linux.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which file a descriptor or path leads to: two that lead to the same one are equal, whatever they
/// are called.
///
/// @param device the file system that it is in
/// @param special what a character device drives; 0 for every other file
/// @param regular whether it has contents that stay
public record FileIdentity(long device, long inode, long special, boolean regular) {
  private static final int TYPE = 0xf000;
  private static final int CHARACTER_DEVICE = 0x2000;
  private static final int REGULAR = 0x8000;

  /// `/dev/tty`, by which each process reaches the terminal that it runs on.
  private static final long OWN_TERMINAL = 5 << 8;

  private static final long NULL_DEVICE = 1 << 8 | 3;

  /// Where a descriptor of a process leads; `null` when it has no such descriptor.
  ///
  /// @param threadId a living thread of the process
  public static @Nullable FileIdentity of(int threadId, int descriptor) {
    return of(Path.of("/proc/" + threadId + "/fd/" + descriptor));
  }

  /// Where a descriptor of this process leads; `null` when it has no such descriptor.
  public static @Nullable FileIdentity ofOwn(int descriptor) {
    return of(Path.of("/proc/self/fd/" + descriptor));
  }

  /// The file of a path; `null` when there is none.
  public static @Nullable FileIdentity of(Path path) {
    try {
      Map<String, Object> facts = Files.readAttributes(path, "unix:dev,ino,rdev,mode");
      int type = facts.get("mode") instanceof Integer mode ? mode & TYPE : 0;
      return new FileIdentity(
          number(facts, "dev"),
          number(facts, "ino"),
          type == CHARACTER_DEVICE ? number(facts, "rdev") : 0,
          type == REGULAR);
    } catch (IOException e) {
      return null;
    }
  }

  private static long number(Map<String, Object> facts, String name) {
    return facts.get(name) instanceof Long value ? value : -1;
  }

  // Written out, because the first use of a record's own methods costs milliseconds at start-up.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileIdentity that
        && that.inode == inode
        && that.device == device
        && that.special == special
        && that.regular == regular;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(inode * 31 + device);
  }

  /// Whether what is written to the other file comes out at this one.
  public boolean leadsHere(FileIdentity other) {
    return equals(other) || (other.special == OWN_TERMINAL && isTerminal());
  }

  /// Whether it is `/dev/null`, at which nothing comes out.
  public boolean isNull() {
    return special == NULL_DEVICE;
  }

  /// Whether it is a terminal: `/dev/pts/N`, `/dev/ttyN`, `/dev/ttySN` or `/dev/console`.
  private boolean isTerminal() {
    long major = special >>> 8;
    return major == 4 || major == 5 || (major >= 136 && major < 144);
  }
}
