package trapline.libc.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import trapline.libc.LibcRegistry;

/// Where builds keep things: in the user's data what has to last, `libc-prefixes/NAME` and
/// `libc-sources/NAME` (debug information names the files there), and in the cache the rest,
/// `libc-builds/NAME` and `libc-downloads`.
///
/// @param data `$XDG_DATA_HOME/trapline`
/// @param cache `$XDG_CACHE_HOME/trapline`, or `~/.cache/trapline`
public record Folders(Path data, Path cache) {
  /// The user's with this environment.
  ///
  /// @throws trapline.libc.LibcFailure when it names no folder for data
  public static Folders of(Map<String, String> environment) {
    Path data = LibcRegistry.of(environment).folder().resolveSibling("").normalize();
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (!xdg.startsWith("/") && !home.startsWith("/")) {
      throw LibcBuildFailure.input(
          "neither XDG_CACHE_HOME nor HOME names a folder, where libraries are built");
    }
    Path cache = xdg.startsWith("/") ? Path.of(xdg) : Path.of(home, ".cache");
    return new Folders(data, cache.resolve("trapline"));
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

  /// Makes a folder.
  ///
  /// @throws LibcBuildFailure when that is not possible
  static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /// A folder itself, or the nearest above it that is there.
  static Path nearest(Path folder) {
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there)) {
      there = Objects.requireNonNull(there.getParent());
    }
    return there;
  }

  /// Says what could not be written, and that the disk is full when that is the reason.
  static LibcBuildFailure failure(Path place, IOException e) {
    String text = String.valueOf(e.getMessage());
    if (text.contains("No space left on device") || text.contains("quota exceeded")) {
      return new LibcBuildFailure(LibcBuildFailure.Kind.BUILD, full(place), e);
    }
    if (e instanceof java.nio.file.AccessDeniedException || text.contains("Read-only file")) {
      return new LibcBuildFailure(
          LibcBuildFailure.Kind.INPUT, place + ": no permission to write there", e);
    }
    return new LibcBuildFailure(
        LibcBuildFailure.Kind.INPUT, place + ": cannot be written: " + text, e);
  }

  static String full(Path place) {
    return "the disk of " + place + " is full; make room, and give the same command again";
  }

  /// Removes a folder with everything in it; symbolic links are not followed.
  static void delete(Path folder) {
    if (!Files.isDirectory(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw failure(folder, e);
    } catch (UncheckedIOException e) {
      throw failure(folder, Objects.requireNonNull(e.getCause()));
    }
  }
}
