package trapline.libc.build;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/// What a run makes on the disk before its build begins. Closing removes it again, so that a run
/// that is refused leaves nothing; a build that has begun keeps it.
final class Traces implements AutoCloseable {
  private final Deque<Path> directories = new ArrayDeque<>();
  private final Deque<Path> trees = new ArrayDeque<>();

  /// Makes a directory and those above it that are not there. Only those are removed, and only when
  /// they are empty: other runs may use them, too.
  ///
  /// @throws LibcBuildFailure when that is not possible
  Path directory(Path directory) {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path each = directory; each != null && !Files.exists(each); each = each.getParent()) {
      missing.push(each);
    }
    BuildDirectories.made(directory);
    missing.forEach(directories::push);
    return directory;
  }

  /// Notes a directory that is to be removed with all that is in it.
  void tree(Path directory) {
    trees.push(directory);
  }

  /// Nothing is removed of what there is so far.
  void keep() {
    directories.clear();
    trees.clear();
  }

  @Override
  public void close() {
    trees.forEach(BuildDirectories::delete);
    for (Path each : directories) {
      try {
        Files.deleteIfExists(each);
      } catch (DirectoryNotEmptyException e) {
        // Another run's work or what was fetched is in it.
      } catch (IOException e) {
        throw BuildDirectories.failure(each, e);
      }
    }
  }
}
