package trapline.linux.vm;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.FileErrors;
import trapline.linux.files.FileTree;
import trapline.linux.files.HeldLock;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.UserDirectories;

/// The directory `guests` in Trapline's cache (`$XDG_CACHE_HOME/trapline`, or `~/.cache/trapline`):
/// kernels, with what was found out about them.
final class GuestCache {
  private static final String OWN = "guests";

  /// The file in a kernel's directory that is locked while the kernel is prepared. It is as old as
  /// the kernel's last use.
  static final String LOCK = "lock";

  private static final Duration UNUSED = Duration.ofDays(30);

  private final UserDirectories place;

  private GuestCache(UserDirectories place) {
    this.place = place;
  }

  /// The cache of the user with this environment.
  static GuestCache of(Map<String, String> environment) {
    return new GuestCache(
        UserDirectories.cache(environment)
            .orElseThrow(
                () ->
                    new GuestFailure(
                        GuestFailure.Kind.FILES,
                        "neither XDG_CACHE_HOME nor HOME names a directory, where guests' kernels"
                            + " could be kept")));
  }

  /// A directory of the cache, made when it is not there.
  ///
  /// @param names one in the other
  /// @param room how many bytes will be written there
  PrivateDirectory directory(long room, String... names) {
    try {
      PrivateDirectory directory = place.make().in(OWN);
      for (String each : names) {
        directory = directory.in(each);
      }
      if (Files.getFileStore(directory.path()).getUsableSpace() < room) {
        throw new GuestFailure(
            GuestFailure.Kind.FILES,
            directory.path()
                + ": less than "
                + (room >> 20)
                + " MB are free on this disk; make room, or set"
                + " XDG_CACHE_HOME to another");
      }
      return directory;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static GuestFailure unusable(IOException e) {
    return new GuestFailure(
        GuestFailure.Kind.FILES,
        "the guests' cache cannot be used (XDG_CACHE_HOME): " + FileErrors.line(e),
        e);
  }

  /// The entries of a directory; none when it is not there.
  List<Path> list(String... names) {
    try {
      Path path = place.path().resolve(OWN).resolve(String.join("/", names));
      if (!Files.exists(path)) {
        return List.of();
      }
      // Only what nobody else could have put there.
      try (Stream<Path> entries = Files.list(directory(0, names).path())) {
        return entries.sorted().toList();
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /// Whether a file is an image that was taken out of a package.
  boolean holds(Path file) {
    return file.startsWith(directory(0, "packages").path());
  }

  /// Removes the kernels, with their states, that no run has used for a month; and the images of
  /// packages that were given as files, which are unpacked anew each time.
  void prune() {
    for (Path kernel : list("kernels")) {
      Path file = kernel.resolve(LOCK);
      if (isOld(file)) {
        try (HeldLock lock = HeldLock.tryTake(file)) {
          if (lock != null) {
            FileTree.delete(kernel);
          }
        } catch (IOException e) {
          // It stays for the next time.
        }
      }
    }
    for (Path image : list("packages")) {
      if (image.toString().endsWith(".deb") && isOld(image)) {
        FileTree.delete(image);
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
