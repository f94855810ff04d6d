package trapline.index;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import trapline.kernel.KernelIndex;
import trapline.linux.files.FileErrors;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.UserDirectories;
import trapline.linux.files.WholeFile;
import trapline.model.MalformedBinary;

/// Keeps the indexes of trees and tarballs, one file a place, the newest [#KEPT]: in
/// `$XDG_CACHE_HOME/trapline`, or `~/.cache/trapline` (XDG Base Directory Specification, by which a
/// relative path there counts as none). It is used only when nobody else can write to it.
///
/// Every file is written whole under another name and then renamed, so that runs at the same time
/// do not disturb each other.
public final class IndexCache {
  /// How many indexes are kept.
  public static final int KEPT = 16;

  private static final String ENDING = ".index";
  private static final long STALE_PART_MILLIS = 3_600_000;

  private final @Nullable UserDirectories place;
  private final Consumer<String> notices;

  /// @param place `null` for none
  private IndexCache(@Nullable UserDirectories place, Consumer<String> notices) {
    this.place = place;
    this.notices = notices;
  }

  /// @param environment with XDG_CACHE_HOME and HOME
  /// @param notices is told of a cache that cannot be used
  public static IndexCache of(Map<String, String> environment, Consumer<String> notices) {
    return new IndexCache(UserDirectories.cache(environment).orElse(null), notices);
  }

  /// An index of a cache, by its file's name.
  ///
  /// @param release as the file's name has it
  public record Entry(Path file, String release) {}

  /// What there is, newest first. Nothing is opened.
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Path file : files("*" + ENDING)) {
      String name = String.valueOf(file.getFileName());
      int dash = name.lastIndexOf('-');
      if (dash > 0) {
        entries.add(new Entry(file, name.substring(0, dash)));
      }
    }
    return entries;
  }

  /// Opens one; empty, with a line for the user, when it is of no use.
  public Optional<CachedIndex> open(Entry entry) {
    try {
      return Optional.of(CachedIndex.open(entry.file()));
    } catch (MalformedBinary e) {
      notices.accept(entry.file() + " is left aside: " + e.what());
    } catch (IOException e) {
      // another run has removed it
    }
    return Optional.empty();
  }

  /// The index of a tree or tarball that has not changed since.
  public Optional<KernelIndex> find(Path place) {
    try {
      String real = place.toRealPath().toString();
      for (Path file : files("*-" + key(real) + ENDING)) {
        Optional<CachedIndex> cached = open(new Entry(file, ""));
        if (cached.isPresent()) {
          SourceStamp stamp = cached.get().stamp();
          if (stamp != null && stamp.place().equals(real) && stamp.isCurrent()) {
            return Optional.of(cached.get().set().index(0));
          }
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /// Keeps an index, in the place of older ones of the same source. When that does not work the
  /// user is told.
  ///
  /// @param stamp taken before the source was read
  public void keep(KernelIndex index, SourceStamp stamp) {
    try {
      write(index, stamp);
    } catch (IOException e) {
      notices.accept("no cache is used: " + FileErrors.line(e));
    }
  }

  /// The same for what was made in order to be kept.
  ///
  /// @return where it is
  /// @throws IOException when it cannot be kept
  public Path write(KernelIndex index, SourceStamp stamp) throws IOException {
    UserDirectories known = place;
    if (known == null) {
      throw new IOException("neither XDG_CACHE_HOME nor HOME names a directory");
    }
    if (stamp.place().indexOf('\n') >= 0) {
      throw new IOException("the name of the source has a line break");
    }
    PrivateDirectory home = known.make();
    String release = index.version().release().replaceAll("[^A-Za-z0-9.+~_]", "_");
    String name = release.substring(0, Math.min(40, release.length()));
    Path file = home.file(name + "-" + key(stamp.place()) + ENDING);
    CachedIndex.write(file, index, stamp.watching(index));
    for (Path older : files("*-" + key(stamp.place()) + ENDING)) {
      if (!older.equals(file)) {
        Files.deleteIfExists(older);
      }
    }
    trim(home.path());
    return file;
  }

  private void trim(Path home) throws IOException {
    List<Path> all = files("*" + ENDING);
    for (int i = KEPT; i < all.size(); i++) {
      Files.deleteIfExists(all.get(i));
    }
    long stale = System.currentTimeMillis() - STALE_PART_MILLIS;
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(home, ".*" + WholeFile.UNFINISHED)) {
      for (Path part : parts) {
        if (modified(part) < stale) {
          Files.deleteIfExists(part);
        }
      }
    }
  }

  /// The trusted files whose names match, newest first.
  private List<Path> files(String glob) {
    List<Path> files = new ArrayList<>();
    UserDirectories known = place;
    try {
      // Most users have none, and finding out who owns the directory takes 50 ms at the start.
      if (known == null || !hasAny(known.path(), glob)) {
        return files;
      }
      Optional<PrivateDirectory> home = known.existing();
      if (home.isEmpty()) {
        return files;
      }
      try (DirectoryStream<Path> found = Files.newDirectoryStream(home.get().path(), glob)) {
        for (Path file : found) {
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            files.add(file);
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    files.sort((one, other) -> Long.compare(modified(other), modified(one)));
    return files;
  }

  private static boolean hasAny(Path directory, String glob) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, glob)) {
      return found.iterator().hasNext();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return false;
    }
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }

  /// The place as a part of a file's name.
  private static String key(String place) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(place.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
