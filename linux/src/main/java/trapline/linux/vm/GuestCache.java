package trapline.linux.vm;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder `guests` in Trapline's cache (`$XDG_CACHE_HOME/trapline`, or `~/.cache/trapline`):
/// kernels, with what was found out about them, and the working folders of running guests.
final class GuestCache {
  /// Sockets lie in a working folder, and the kernel holds their paths in 108 bytes.
  private static final int MAX_PATH = 60;

  /// The file in a kernel's or a guest's folder that is locked while it is prepared or runs. A
  /// kernel's is as old as its last use.
  static final String LOCK = "lock";

  private static final Duration UNUSED = Duration.ofDays(30);

  private final Path root;

  private GuestCache(Path root) {
    this.root = root;
  }

  /// The cache of the user with this environment.
  static GuestCache of(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    Path base = xdg.startsWith("/") ? Path.of(xdg) : Path.of(home, ".cache");
    if (!base.isAbsolute()) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES,
          "neither XDG_CACHE_HOME nor HOME names a folder, where guests' kernels could be kept");
    }
    return new GuestCache(base.resolve("trapline").resolve("guests"));
  }

  /// A folder of the cache, made when it is not there.
  ///
  /// @param room how many bytes will be written there
  Path folder(String name, long room) {
    Path folder = root.resolve(name);
    try {
      Files.createDirectories(folder);
      if (Files.getFileStore(folder).getUsableSpace() < room) {
        throw new GuestFailure(
            GuestFailure.Kind.FILES,
            folder
                + ": less than "
                + (room >> 20)
                + " MB are free on this disk; make room, or set"
                + " XDG_CACHE_HOME to another");
      }
      return folder;
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES, folder + ": cannot be written (set XDG_CACHE_HOME): " + e, e);
    }
  }

  /// The names of the entries of a folder; none when it is not there.
  List<Path> list(String name) {
    try (Stream<Path> entries = Files.list(root.resolve(name))) {
      return entries.sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /// Removes the kernels, with their states, that no run has used for a month; and the images of
  /// packages that were given as files, which are unpacked anew each time.
  void prune() {
    for (Path kernel : list("kernels")) {
      if (isOld(kernel.resolve(LOCK)) && isStale(kernel)) {
        delete(kernel);
      }
    }
    for (Path image : list("packages")) {
      if (image.toString().endsWith(".deb") && isOld(image)) {
        delete(image);
      }
    }
  }

  private static boolean isOld(Path path) {
    try {
      Instant used = Files.getLastModifiedTime(path).toInstant();
      return used.isBefore(Instant.now().minus(UNUSED));
    } catch (IOException e) {
      return false;
    }
  }

  /// A folder that one guest works in. Nobody else may look into it.
  static final class Work implements Closeable {
    private final Path folder;
    private final FileChannel lock;

    private Work(Path folder, FileChannel lock) {
      this.folder = folder;
      this.lock = lock;
    }

    Path file(String name) {
      return folder.resolve(name);
    }

    Path folder() {
      return folder;
    }

    @Override
    public void close() {
      delete(folder);
      closeQuietly(lock);
    }
  }

  /// Makes a working folder, and removes those that killed runs have left.
  Work work() {
    Path parent = root.resolve("run");
    if (parent.toString().length() > MAX_PATH) {
      parent =
          Path.of(System.getProperty("java.io.tmpdir"))
              .resolve("trapline-guests-" + System.getProperty("user.name"));
    }
    try {
      Files.createDirectories(parent);
      removeStale(parent);
      Path folder =
          Files.createDirectory(
              parent.resolve(UUID.randomUUID().toString().substring(0, 13)),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel lock =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock.lock();
      return new Work(folder, lock);
    } catch (IOException e) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES, parent + ": cannot be written (set XDG_CACHE_HOME): " + e, e);
    }
  }

  private static void removeStale(Path parent) throws IOException {
    try (Stream<Path> folders = Files.list(parent)) {
      for (Path folder : folders.toList()) {
        if (isStale(folder)) {
          delete(MemoryFile.inMemory(folder));
          delete(folder);
        }
      }
    }
  }

  /// Whether nobody holds its lock. One that has none yet is being made, unless it is old.
  private static boolean isStale(Path folder) {
    Path file = folder.resolve(LOCK);
    try {
      if (!Files.exists(file)) {
        long age = System.currentTimeMillis() - Files.getLastModifiedTime(folder).toMillis();
        return age > 600_000;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        return lock != null;
      }
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /// Removes a folder with everything in it, as far as that is possible.
  static void delete(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      // Left for the next run, which finds it stale.
    }
  }

  static void closeQuietly(@Nullable Closeable each) {
    try {
      if (each != null) {
        each.close();
      }
    } catch (IOException e) {
      // Nothing depends on it any more.
    }
  }
}
