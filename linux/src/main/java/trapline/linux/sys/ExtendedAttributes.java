package trapline.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The extended attributes of a file (xattr(7)).
public final class ExtendedAttributes {
  private static final int LARGEST = 64 << 10; // XATTR_SIZE_MAX

  private ExtendedAttributes() {}

  /// Whether a file has an attribute of this name. A link at the end of the path is not followed.
  public static boolean has(String path, String name) {
    return get(path, name, 0) >= 0;
  }

  /// The value of an attribute; `null` when the file has none or may not be looked at.
  public static byte @Nullable [] value(String path, String name) {
    if (!has(path, name)) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(LARGEST);
      long size =
          new Kernel()
              .syscall(
                  Numbers.LGETXATTR,
                  Kernel.string(arena, path).address(),
                  arena.allocateFrom(name).address(),
                  value.address(),
                  value.byteSize());
      return size < 0 ? null : value.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private static long get(String path, String name, long size) {
    try (Arena arena = Arena.ofConfined()) {
      return new Kernel()
          .syscall(
              Numbers.LGETXATTR,
              Kernel.string(arena, path).address(),
              arena.allocateFrom(name).address(),
              0,
              size);
    }
  }
}
