package trapline.linux.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Makes new files (open(2) with O_EXCL and O_NOFOLLOW: never through a link, never into a file,
/// pipe or device that is there) that only the user can read.
public final class PrivateFile {
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFile() {}

  /// In the place of one that is there.
  ///
  /// @param file in a [PrivateDirectory]
  public static FileChannel create(Path file) throws IOException {
    Files.deleteIfExists(file);
    return FileChannel.open(
        file,
        Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE,
            LinkOption.NOFOLLOW_LINKS),
        OWNER_ONLY);
  }

  /// Opens a file to write at its end; it is made when it is not there.
  ///
  /// @param file in a [PrivateDirectory]
  public static FileChannel append(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      PrivateDirectory.regular(file);
    }
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
        OWNER_ONLY);
  }

  /// Copies a file, in the place of one that is there.
  ///
  /// @param to in a [PrivateDirectory]
  public static void copy(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from);
        FileChannel out = create(to)) {
      long size = in.size();
      for (long at = 0; at < size; ) {
        long done = in.transferTo(at, size - at, out);
        if (done <= 0) {
          throw new java.io.EOFException(from + ": has become shorter meanwhile");
        }
        at += done;
      }
    }
  }
}
