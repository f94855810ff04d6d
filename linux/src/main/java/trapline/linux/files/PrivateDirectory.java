package trapline.linux.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/// A directory that Trapline writes to: the user's own, nobody else may write to it, and nobody
/// else can put another in its place (see [TrustedWalk]). So what lies in it can be reached by its
/// path, and is what Trapline put there.
public final class PrivateDirectory {
  private final Path path;

  private PrivateDirectory(Path path) {
    this.path = path;
  }

  /// Opens directories, and makes those that are not there (mode 0700).
  ///
  /// @param base a directory of the user's, such as `~/.cache`, which may be reached by links
  /// @param own names below it, one in the other, of directories that are Trapline's alone
  /// @throws UnsafePlace when others could change what is there; the line says what to do
  public static PrivateDirectory make(Path base, String... own) throws IOException {
    return walk(base, true, List.of(own));
  }

  /// The same as [#make(Path, String...)], for a path below a base.
  ///
  /// @param path the base itself, or a directory in it or below
  public static PrivateDirectory makeBelow(Path base, Path path) throws IOException {
    return walk(base, true, names(base, path));
  }

  /// Opens directories without making any.
  ///
  /// @return empty when they are not there
  public static Optional<PrivateDirectory> existing(Path base, String... own) throws IOException {
    try {
      return Optional.of(walk(base, false, List.of(own)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /// The same as [#existing(Path, String...)], for a path below a base.
  ///
  /// @param path the base itself, or a directory in it or below
  public static Optional<PrivateDirectory> existingBelow(Path base, Path path) throws IOException {
    return existing(base, names(base, path).toArray(new String[0]));
  }

  private static List<String> names(Path base, Path path) {
    Path inside = base.relativize(path);
    return inside.toString().isEmpty()
        ? List.of()
        : java.util.stream.StreamSupport.stream(inside.spliterator(), false)
            .map(Path::toString)
            .toList();
  }

  private static PrivateDirectory walk(Path base, boolean make, List<String> own)
      throws IOException {
    try (TrustedWalk walk = new TrustedWalk(make)) {
      Path at = walk.to(base);
      for (String name : own) {
        at = at.resolve(name);
        walk.into(name, at);
      }
      return new PrivateDirectory(at);
    }
  }

  /// Makes a new one.
  ///
  /// @param parent where others may have files, too, but may not touch those of others
  /// @param prefix of its name, before the first number that is free
  static PrivateDirectory fresh(Path parent, String prefix, int most) throws IOException {
    try (TrustedWalk walk = new TrustedWalk(false)) {
      Path at = walk.to(parent);
      Path path = at.resolve(walk.makeFresh(prefix, most, at));
      walk.into(path.getFileName().toString(), path);
      return new PrivateDirectory(path);
    }
  }

  /// Its path, without links.
  public Path path() {
    return path;
  }

  /// A directory in it, made when it is not there.
  public PrivateDirectory in(String name) throws IOException {
    return walk(path, true, List.of(name));
  }

  /// The path of a file in it, whether it is there or not.
  public Path file(String name) {
    return path.resolve(name);
  }

  /// Whether it has such a regular file.
  public boolean has(String name) {
    return Files.isRegularFile(file(name), LinkOption.NOFOLLOW_LINKS);
  }

  /// A file in it that is there. Only the user can change what is at its path, so it can be opened
  /// by that.
  ///
  /// @throws NoSuchFileException when there is none
  /// @throws UnsafePlace when it is a link, a pipe or whatever else would do more than be read
  public Path regular(String name) throws IOException {
    return regular(file(name));
  }

  static Path regular(Path file) throws IOException {
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return file;
    }
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(file.toString());
    }
    throw new UnsafePlace(file + ": should be a regular file, and is not; remove it");
  }

  /// Makes a file, in the place of one that is there, for the user alone.
  public FileChannel create(String name) throws IOException {
    return PrivateFile.create(file(name));
  }

  /// Makes an empty file that a program will write to, in the place of one that is there.
  public Path empty(String name) throws IOException {
    create(name).close();
    return file(name);
  }

  /// Makes a file, in the place of one that is there.
  public OutputStream output(String name) throws IOException {
    return Channels.newOutputStream(create(name));
  }

  /// Opens a file to write at its end; it is made when it is not there.
  public FileChannel append(String name) throws IOException {
    return PrivateFile.append(file(name));
  }

  /// Writes a file whole or not at all: see [WholeFile#write].
  public void write(String name, byte[]... parts) throws IOException {
    WholeFile.write(file(name), parts);
  }

  /// Gives a file in it another name, in the place of one that is there.
  public void rename(String from, String to) throws IOException {
    Files.move(file(from), file(to), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes it with all that is in it, as far as that is possible.
  ///
  /// @return whether nothing is left
  public boolean delete() {
    return FileTree.delete(path);
  }
}
