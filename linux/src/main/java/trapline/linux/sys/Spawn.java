package trapline.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// posix_spawn(3).
public final class Spawn {
  /// Room for `posix_spawnattr_t`: 336 bytes in glibc and in musl.
  private static final int ATTRIBUTES_SIZE = 512;

  private static final int SIGSET_SIZE = 128;
  private static final short POSIX_SPAWN_SETSIGMASK = 8;

  private Spawn() {}

  /// Starts a child of the calling thread, with no signal blocked. Signals that this process
  /// ignores stay ignored in it, as `nohup` wants.
  ///
  /// @param input the file that is its standard input, with its output going to `/dev/null`;
  ///     `null` to have this process' standard streams
  /// @return the child's id, or the negative error number
  public static int start(
      Kernel kernel,
      String file,
      List<String> arguments,
      List<String> environment,
      @Nullable Path input) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
      MemorySegment actions = arena.allocate(ATTRIBUTES_SIZE, 8);
      MemorySegment noSignals = arena.allocate(SIGSET_SIZE, 8);
      MemorySegment child = arena.allocate(JAVA_INT);
      call(kernel, "posix_spawnattr_init", attributes.address(), 0);
      call(kernel, "posix_spawnattr_setsigmask", attributes.address(), noSignals.address());
      call(kernel, "posix_spawnattr_setflags", attributes.address(), POSIX_SPAWN_SETSIGMASK);
      if (input != null) {
        call(kernel, "posix_spawn_file_actions_init", actions.address(), 0);
        open(kernel, actions, 0, arena.allocateFrom(input.toString()), Numbers.O_RDONLY);
        MemorySegment nothing = arena.allocateFrom("/dev/null");
        open(kernel, actions, 1, nothing, Numbers.O_RDWR);
        open(kernel, actions, 2, nothing, Numbers.O_RDWR);
      }
      int errno =
          kernel.call(
              Kernel.function("posix_spawn"),
              child.address(),
              Kernel.string(arena, file).address(),
              input == null ? 0 : actions.address(),
              attributes.address(),
              strings(arena, arguments).address(),
              strings(arena, environment).address());
      call(kernel, "posix_spawnattr_destroy", attributes.address(), 0);
      if (input != null) {
        call(kernel, "posix_spawn_file_actions_destroy", actions.address(), 0);
      }
      return errno == 0 ? child.get(JAVA_INT, 0) : -errno;
    }
  }

  private static void call(Kernel kernel, String function, long a, long b) {
    kernel.call(Kernel.function(function), a, b, 0, 0, 0, 0);
  }

  private static void open(
      Kernel kernel, MemorySegment actions, int descriptor, MemorySegment path, int flags) {
    kernel.call(
        Kernel.function("posix_spawn_file_actions_addopen"),
        actions.address(),
        descriptor,
        path.address(),
        flags,
        0,
        0);
  }

  private static MemorySegment strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ADDRESS, i, Kernel.string(arena, strings.get(i)));
    }
    return array;
  }
}
