package trapline.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What statx(2) says of a file.
///
/// @param error 0, or the error number; then all else is 0
/// @param attributes `STATX_ATTR_*`
/// @param mode type and permissions
/// @param links how many names it has
/// @param device major and minor number as in `/proc/PID/maps`, `major << 20 | minor`
public record FileStatus(
    int error,
    long attributes,
    int mode,
    long links,
    long user,
    long group,
    long inode,
    long size,
    long device) {
  /// The file cannot be changed, nor be removed (`chattr +i`).
  public static final long IMMUTABLE = 0x10;

  /// The file can only grow (`chattr +a`).
  public static final long APPEND = 0x20;

  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;
  private static final int LINK = 0120000;
  private static final int SIZE = 256;
  private static final int NO_AUTOMOUNT = 0x800;
  private static final int BASIC_STATS = 0x7ff;

  /// Looks at a file, without opening it.
  ///
  /// @param follow whether a symbolic link at the end of the path is followed
  public static FileStatus of(String path, boolean follow) {
    return of(Numbers.AT_FDCWD, path, follow ? 0 : Numbers.AT_SYMLINK_NOFOLLOW);
  }

  /// Looks at an open file.
  public static FileStatus of(int descriptor) {
    return of(descriptor, "", Numbers.AT_EMPTY_PATH);
  }

  private static FileStatus of(int directory, String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(SIZE, 8);
      long result =
          new Kernel()
              .syscall(
                  Numbers.STATX,
                  directory,
                  Kernel.string(arena, path).address(),
                  NO_AUTOMOUNT | flags,
                  BASIC_STATS,
                  status.address(),
                  0);
      if (result != 0) {
        return new FileStatus((int) -result, 0, 0, 0, 0, 0, 0, 0, 0);
      }
      return new FileStatus(
          0,
          status.get(JAVA_LONG_UNALIGNED, 8),
          status.get(JAVA_SHORT_UNALIGNED, 28) & 0xffff,
          Integer.toUnsignedLong(status.get(JAVA_INT_UNALIGNED, 16)),
          Integer.toUnsignedLong(status.get(JAVA_INT_UNALIGNED, 20)),
          Integer.toUnsignedLong(status.get(JAVA_INT_UNALIGNED, 24)),
          status.get(JAVA_LONG_UNALIGNED, 32),
          status.get(JAVA_LONG_UNALIGNED, 40),
          (long) status.get(JAVA_INT_UNALIGNED, 136) << 20 | status.get(JAVA_INT_UNALIGNED, 140));
    }
  }

  /// Whether it is a file with contents of its own.
  public boolean isRegular() {
    return (mode & TYPE) == REGULAR;
  }

  public boolean isDirectory() {
    return (mode & TYPE) == DIRECTORY;
  }

  public boolean isLink() {
    return (mode & TYPE) == LINK;
  }
}
