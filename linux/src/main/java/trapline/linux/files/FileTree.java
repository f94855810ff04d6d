package trapline.linux.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayList;
import java.util.List;

/// Removes directories with all that is in them, each opened beneath the one before it (openat(2),
/// unlinkat(2)): whatever is renamed meanwhile, nothing outside of them is removed.
public final class FileTree {
  private static final int DEEPEST = 500;

  private FileTree() {}

  /// Removes a file, or a directory with all that is in it, as far as that is possible. A symbolic
  /// link is removed itself.
  ///
  /// @return whether nothing is left
  public static boolean delete(Path path) {
    try {
      deleteAll(path);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// The same.
  ///
  /// @throws IOException when something is left
  public static void deleteAll(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path parent = path.toAbsolutePath().normalize().getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      throw new IOException("/ is not removed");
    }
    try (DirectoryStream<Path> above = Files.newDirectoryStream(parent)) {
      delete((SecureDirectoryStream<Path>) above, name, 0);
    }
  }

  private static void delete(SecureDirectoryStream<Path> above, Path name, int depth)
      throws IOException {
    if (depth > DEEPEST) {
      throw new IOException(name + ": lies too deep to be removed");
    }
    BasicFileAttributeView view =
        above.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!view.readAttributes().isDirectory()) {
      above.deleteFile(name);
      return;
    }
    try (SecureDirectoryStream<Path> here =
        above.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> names = new ArrayList<>();
      for (Path each : here) {
        names.add(each.getFileName());
      }
      for (Path each : names) {
        delete(here, each, depth + 1);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    above.deleteDirectory(name);
  }
}
