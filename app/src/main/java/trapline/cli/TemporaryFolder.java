package trapline.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;
import trapline.linux.proc.Owner;

/// Folders in the system's place for temporary files. Their names say whose they are:
/// `trapline-PID-START-NAMESPACE-NUMBER`.
final class TemporaryFolder {
  private static final String PREFIX = "trapline-";
  private static final int MOST = 1000;

  private TemporaryFolder() {}

  /// Makes one that nobody else may look into, and removes those that killed runs have left.
  static Path make() throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    Path folder = make(parent, PREFIX + Owner.self().text('-') + '-');
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
      UserPrincipal user = Files.getOwner(folder);
      for (Path each : all) {
        if (isLeft(each, user)) {
          delete(each);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return folder; // what others have left does not keep this run from its work
    }
    return folder;
  }

  private static Path make(Path parent, String prefix) throws IOException {
    for (int number = 1; ; number++) {
      try {
        return Files.createDirectory(
            parent.resolve(prefix + number),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        if (number == MOST) {
          throw e;
        }
      }
    }
  }

  private static boolean isLeft(Path folder, UserPrincipal user) throws IOException {
    Owner owner = Owner.parse(folder.getFileName().toString().substring(PREFIX.length()), '-');
    return owner != null
        && owner.isGone()
        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user);
  }

  /// Removes a folder with all that is in it.
  static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure)
                throws IOException {
              Files.delete(each);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // A folder in the system's place for temporary files that cannot be removed harms nobody.
      return;
    }
  }
}
