package trapline.libc.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import trapline.libc.LibcRegistry;
import trapline.linux.files.FileErrors;
import trapline.linux.files.FileTree;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.UnsafePlace;
import trapline.linux.files.UserDirectories;

/// Where builds keep things: in the user's data what has to last, `libc-prefixes/NAME` and
/// `libc-sources/NAME` (debug information names the files there), and in the cache the rest,
/// `libc-builds/NAME` and `libc-downloads`.
///
/// @param data `$XDG_DATA_HOME/trapline`
/// @param cache `$XDG_CACHE_HOME/trapline`, or `~/.cache/trapline`
public record BuildDirectories(Path data, Path cache) {
  /// The user's with this environment.
  ///
  /// @throws trapline.libc.LibcFailure when it names no directory for data
  public static BuildDirectories of(Map<String, String> environment) {
    Path data = LibcRegistry.of(environment).directory().resolveSibling("").normalize();
    return new BuildDirectories(
        data,
        UserDirectories.cache(environment)
            .orElseThrow(
                () ->
                    LibcBuildFailure.input(
                        "neither XDG_CACHE_HOME nor HOME names a directory, where libraries are"
                            + " built"))
            .path());
  }

  Path prefix(String name) {
    return data.resolve("libc-prefixes").resolve(name);
  }

  Path sources() {
    return data.resolve("libc-sources");
  }

  Path builds() {
    return cache.resolve("libc-builds");
  }

  Path downloads() {
    return cache.resolve("libc-downloads");
  }

  /// Makes a directory, for the user alone, where nobody else could put another in its place.
  ///
  /// @throws LibcBuildFailure when that is not possible
  static Path made(Path directory) {
    try {
      PrivateDirectory.make(directory);
      return directory;
    } catch (IOException e) {
      throw failure(directory, e);
    }
  }

  /// A directory itself, or the nearest above it that is there; a link that leads nowhere is there,
  /// too.
  static Path nearest(Path directory) {
    Path there = directory.toAbsolutePath();
    while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = Objects.requireNonNull(there.getParent());
    }
    return there;
  }

  /// Says what could not be written, and that the disk is full when that is the reason.
  static LibcBuildFailure failure(Path place, IOException e) {
    if (FileErrors.isFull(e)) {
      return new LibcBuildFailure(LibcBuildFailure.Kind.BUILD, full(place), e);
    }
    if (e instanceof UnsafePlace) {
      return new LibcBuildFailure(LibcBuildFailure.Kind.INPUT, FileErrors.line(e), e);
    }
    if (e instanceof java.nio.file.AccessDeniedException
        || FileErrors.reason(e).contains("Read-only file")) {
      return new LibcBuildFailure(
          LibcBuildFailure.Kind.INPUT, place + ": no permission to write there", e);
    }
    return new LibcBuildFailure(
        LibcBuildFailure.Kind.INPUT, place + ": cannot be written: " + FileErrors.reason(e), e);
  }

  static String full(Path place) {
    return "the disk of " + place + " is full; make room, and give the same command again";
  }

  /// Removes a directory with everything in it; symbolic links are not followed.
  static void delete(Path directory) {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      FileTree.deleteAll(directory);
    } catch (IOException e) {
      throw failure(directory, e);
    }
  }
}
