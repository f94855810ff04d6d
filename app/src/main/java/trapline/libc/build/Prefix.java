package trapline.libc.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.libc.BuiltMark;
import trapline.libc.Libc;
import trapline.libc.LibcFailure;
import trapline.libc.LibcRegistry;

/// The folder that a library is to be installed in: must be free, for nothing of another's is
/// overwritten.
final class Prefix {
  private final Path folder;
  private final LibcRegistry registry;

  Prefix(Path folder, LibcRegistry registry) {
    this.folder = folder;
    this.registry = registry;
  }

  Path folder() {
    return folder;
  }

  /// Where it is installed at first: on the same disk, so that it can be moved as a whole.
  Path stage(String name) {
    return Folders.made(Objects.requireNonNull(folder.getParent()))
        .resolve(".trapline-stage-" + name);
  }

  /// Checks that it can be used.
  ///
  /// @return the library when just this one is there already
  /// @throws LibcBuildFailure when it holds something else, or cannot be written
  Optional<Libc> require(BuiltMark wanted) {
    requireName(wanted);
    if (folder.getParent() == null) {
      throw LibcBuildFailure.input(folder + ": no folder to install a library in");
    }
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw LibcBuildFailure.input(folder + ": a file; --prefix takes a folder");
    }
    if (Files.isDirectory(folder) && !isEmpty()) {
      return Optional.of(same(wanted));
    }
    requireWritable();
    return Optional.empty();
  }

  private void requireName(BuiltMark wanted) {
    for (LibcRegistry.Entry entry : registry.entries()) {
      if (entry.name().equals(wanted.name())
          && !entry.prefix().equals(folder)
          && Files.exists(entry.prefix())) {
        throw LibcBuildFailure.input(
            wanted.name()
                + " is the name of the library under "
                + entry.prefix()
                + "; give --name for this one");
      }
    }
  }

  /// The library that is there, when it is the wanted one.
  private Libc same(BuiltMark wanted) {
    Optional<BuiltMark> found = BuiltMark.of(folder);
    Libc libc = library();
    if (libc == null) {
      throw LibcBuildFailure.input(folder + ": not empty, and no C library; give another --prefix");
    }
    if (found.isEmpty()
        || !found.get().version().equals(wanted.version())
        || !found.get().kind().equals(wanted.kind())) {
      throw LibcBuildFailure.input(
          folder + ": holds " + libc.title() + " already; give another --prefix");
    }
    if (!found.get().equals(wanted)) {
      String what =
          found.get().cflags().equals(wanted.cflags())
              ? "from " + found.get().origin()
              : "with CFLAGS " + found.get().cflags();
      throw LibcBuildFailure.input(
          folder
              + ": holds "
              + libc.title()
              + " built "
              + what
              + "; give --name and another --prefix, or: trapline libc remove "
              + found.get().name());
    }
    return libc;
  }

  private @Nullable Libc library() {
    try {
      return Libc.at(folder);
    } catch (LibcFailure e) {
      return null;
    }
  }

  private boolean isEmpty() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw LibcBuildFailure.input(folder + ": cannot be looked into: " + e.getMessage());
    }
  }

  private void requireWritable() {
    Path above = Folders.nearest(Objects.requireNonNull(folder.getParent()));
    if (!Files.isDirectory(above)) {
      throw LibcBuildFailure.input(folder + ": " + above + " is no folder");
    }
    if (!Files.isWritable(above)) {
      throw LibcBuildFailure.input(
          folder + ": no permission to write in " + above + "; give another --prefix");
    }
  }
}
