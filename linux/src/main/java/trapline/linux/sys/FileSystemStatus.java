package trapline.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// How full a file system is, as statfs(2) says.
///
/// @param type its magic number (`linux/magic.h`)
/// @param blockSize in bytes
/// @param blocks all of them
/// @param free those that anybody but root may still use
/// @param files how many inodes there are at most; 0 where that has no limit
/// @param freeFiles how many of them are free
public record FileSystemStatus(
    long type, long blockSize, long blocks, long free, long files, long freeFiles) {
  private static final int SIZE = 120;

  /// @return `null` when the path cannot be looked at
  public static @Nullable FileSystemStatus of(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(SIZE, 8);
      long result =
          new Kernel()
              .syscall(Numbers.STATFS, Kernel.string(arena, path).address(), status.address(), 0);
      return result != 0
          ? null
          : new FileSystemStatus(
              status.get(JAVA_LONG_UNALIGNED, 0),
              status.get(JAVA_LONG_UNALIGNED, 8),
              status.get(JAVA_LONG_UNALIGNED, 16),
              status.get(JAVA_LONG_UNALIGNED, 32),
              status.get(JAVA_LONG_UNALIGNED, 40),
              status.get(JAVA_LONG_UNALIGNED, 48));
    }
  }
}
