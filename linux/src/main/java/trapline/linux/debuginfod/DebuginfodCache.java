package trapline.linux.debuginfod;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.WholeFile;

/// The directory in which elfutils' client keeps what it fetched, and this one, too.
///
/// `BUILDID/debuginfo` and `BUILDID/source##PATH` are files that came, readable for their owner
/// only; an empty one says that no server had it when it was made. Three files hold a decimal
/// number
/// of seconds: `cache_clean_interval_s` (whose time of change is that of the last cleaning),
/// `cache_miss_s` and `max_unused_age_s`. Layout of elfutils 0.188.
final class DebuginfodCache {
  private static final String CLEAN_INTERVAL = "cache_clean_interval_s";
  private static final long CLEAN_INTERVAL_DEFAULT = 86_400;
  private static final String MISS = "cache_miss_s";
  private static final long MISS_DEFAULT = 600;
  private static final String UNUSED_AGE = "max_unused_age_s";
  private static final long UNUSED_AGE_DEFAULT = 604_800;

  /// File names on Linux are no longer, and a temporary one has letters more.
  private static final int LONGEST_NAME = 255 - 24;

  private static final Pattern BUILD_ID = Pattern.compile("[0-9a-f]{4,128}");
  private static final Pattern KEPT = Pattern.compile("(debuginfo|executable|section|source).*");

  private final Path root;

  DebuginfodCache(Path root) {
    this.root = root;
  }

  /// Where a file is kept, whether or not it has come.
  ///
  /// @return `null` when its name is longer than the file system allows
  @Nullable Path place(Artifact artifact) {
    String name = artifact.cacheName();
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      return null;
    }
    try {
      return root.resolve(artifact.buildId()).resolve(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /// A file that has come.
  ///
  /// @return `null` when it has not
  @Nullable Path hit(Artifact artifact) {
    Path place = place(artifact);
    try {
      return place != null
              && Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)
              && Files.size(place) > 0
              && PrivateDirectory.existing(place.resolveSibling("")).isPresent()
          ? place
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  /// Whether all servers said a short while ago that they do not have the file.
  boolean isKnownMiss(Path place) throws IOException {
    BasicFileAttributes facts;
    try {
      facts = Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return false;
    }
    if (!facts.isRegularFile() || facts.size() > 0) {
      return false;
    }
    if (isWithin(facts.lastModifiedTime(), number(MISS, MISS_DEFAULT))) {
      return true;
    }
    Files.deleteIfExists(place);
    return false;
  }

  /// Notes that no server has the file.
  void rememberMiss(Path place) throws IOException {
    PrivateDirectory folder = makeFolder(place);
    String name = String.valueOf(place.getFileName());
    if (!folder.has(name)) { // else somebody else has noted it, or has got the file
      folder.write(name);
    }
  }

  /// Makes the directory of a file, and an empty file with a name of its own in it.
  Path temporary(Path place) throws IOException {
    String name = place.getFileName() + "." + UUID.randomUUID().toString().substring(0, 13);
    return makeFolder(place).empty(name);
  }

  private PrivateDirectory makeFolder(Path place) throws IOException {
    Path folder = place.resolveSibling("");
    return PrivateDirectory.make(root).in(String.valueOf(folder.getFileName()));
  }

  /// Puts a file that has come whole in its place.
  void keep(Path temporary, Path place) throws IOException {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r--------"));
    makeFolder(place)
        .rename(String.valueOf(temporary.getFileName()), String.valueOf(place.getFileName()));
  }

  /// Removes a temporary file, and its directory when nothing else is in it.
  void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
      Path folder = temporary.getParent();
      if (folder != null && isEmpty(folder)) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      // Cleaning removes it later.
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      return !entries.iterator().hasNext();
    }
  }

  /// Removes files that have not been read for long, when it is time for that.
  void cleanWhenDue() throws IOException {
    PrivateDirectory.make(root);
    long interval = number(CLEAN_INTERVAL, CLEAN_INTERVAL_DEFAULT);
    Path last = root.resolve(CLEAN_INTERVAL);
    if (isWithin(Files.getLastModifiedTime(last), interval)) {
      return;
    }
    // First, so that of several clients one cleans.
    Files.setLastModifiedTime(last, FileTime.from(Instant.now()));
    long age = number(UNUSED_AGE, UNUSED_AGE_DEFAULT);
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
      for (Path folder : folders) {
        if (BUILD_ID.matcher(folder.getFileName().toString()).matches()
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          clean(folder, age);
        }
      }
    }
  }

  private static void clean(Path folder, long age) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        BasicFileAttributes facts =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (facts.isRegularFile()
            && KEPT.matcher(file.getFileName().toString()).matches()
            && !isWithin(facts.lastAccessTime(), age)
            && !isWithin(facts.lastModifiedTime(), age)) {
          Files.deleteIfExists(file);
        }
      }
      if (isEmpty(folder)) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      // Another client cleans at the same time, or the file is not ours to remove.
    }
  }

  private static boolean isWithin(FileTime time, long seconds) {
    return Duration.between(time.toInstant(), Instant.now()).compareTo(Duration.ofSeconds(seconds))
        <= 0;
  }

  /// A number that the user may have set; the file is made with the usual one when it is not there.
  private long number(String name, long usual) throws IOException {
    Path file = root.resolve(name);
    try {
      if (Files.size(file) < 64) {
        return Long.parseLong(Files.readString(file, StandardCharsets.ISO_8859_1).strip());
      }
    } catch (java.nio.file.NoSuchFileException e) {
      WholeFile.write(file, Long.toString(usual).getBytes(StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      return usual;
    }
    return usual;
  }
}
