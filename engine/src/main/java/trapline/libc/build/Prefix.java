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
import trapline.linux.files.FileErrors;
import trapline.linux.files.OutputFile;

/// The directory that a library is to be installed in: must be free, for nothing of another's is
/// overwritten.
final class Prefix {
  static final String REMEDY = "give another --prefix";

  private final Path directory;
  private final LibcRegistry registry;

  Prefix(Path directory, LibcRegistry registry) {
    this.directory = directory;
    this.registry = registry;
  }

  Path directory() {
    return directory;
  }

  /// Where it is installed at first: on the same disk, so that it can be moved as a whole.
  Path stage(String name) {
    Path parent = Objects.requireNonNull(directory.getParent());
    try {
      OutputFile.directories(parent);
    } catch (IOException e) {
      throw BuildDirectories.failure(parent, e);
    }
    return parent.resolve(".trapline-stage-" + name);
  }

  /// Checks that it can be used.
  ///
  /// @return the library when just this one is there already
  /// @throws LibcBuildFailure when it holds something else, or cannot be written
  Optional<Libc> require(BuiltMark wanted) {
    Optional<Held> there = requireVersion(wanted.kind(), wanted.version());
    there.ifPresent(held -> requireSame(held, wanted));
    requireName(wanted);
    if (there.isEmpty()) {
      requireWritable();
    }
    return there.map(Held::libc);
  }

  /// A library that Trapline built, and what it wrote down of it.
  record Held(Libc libc, BuiltMark mark) {}

  /// Checks what can be told before there is a source: that it holds nothing, or this version.
  ///
  /// @return the library that is there already
  /// @throws LibcBuildFailure when it holds something else, or is not a directory
  Optional<Held> requireVersion(String kind, String version) {
    if (directory.getParent() == null) {
      throw LibcBuildFailure.input(directory + ": no directory to install a library in");
    }
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw LibcBuildFailure.input(directory + ": a file; --prefix takes a directory");
    }
    requireTrusted();
    String file = anyFile();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Libc libc = library();
    if (libc == null) {
      throw LibcBuildFailure.input(
          directory
              + ": not empty, and no C library: it holds "
              + file
              + "; give another --prefix, a directory that is empty or does not exist");
    }
    Optional<BuiltMark> found = BuiltMark.of(directory);
    if (found.isEmpty()) {
      throw LibcBuildFailure.input(
          directory
              + ": holds "
              + libc.title()
              + ", which Trapline did not build; give another --prefix");
    }
    if (!found.get().version().equals(version) || !found.get().kind().equals(kind)) {
      throw LibcBuildFailure.input(
          directory
              + ": holds "
              + libc.title()
              + " already; give another --prefix"
              + removal(found.get()));
    }
    return Optional.of(new Held(libc, found.get()));
  }

  private void requireName(BuiltMark wanted) {
    for (LibcRegistry.Entry entry : registry.entries()) {
      if (entry.name().equals(wanted.name())
          && !entry.prefix().equals(directory)
          && Files.exists(entry.prefix())) {
        throw LibcBuildFailure.input(
            wanted.name()
                + " is the name of the library under "
                + entry.prefix()
                + "; give --name for this one");
      }
    }
  }

  private void requireSame(Held held, BuiltMark wanted) {
    BuiltMark found = held.mark();
    if (found.equals(wanted)) {
      return;
    }
    String what = "built from " + found.origin();
    if (!found.cflags().equals(wanted.cflags())) {
      what = "built with CFLAGS " + found.cflags();
    } else if (!found.name().equals(wanted.name())) {
      what = "by the name " + found.name();
    }
    throw LibcBuildFailure.input(
        directory
            + ": holds "
            + held.libc().title()
            + " "
            + what
            + "; give --name and another --prefix"
            + removal(found));
  }

  /// How what is there can be removed, where Trapline can do so.
  private String removal(BuiltMark found) {
    boolean registered =
        registry.entries().stream()
            .anyMatch(each -> each.name().equals(found.name()) && each.prefix().equals(directory));
    return registered ? ", or first: trapline libc remove " + found.name() : "";
  }

  private @Nullable Libc library() {
    try {
      return Libc.at(directory);
    } catch (LibcFailure e) {
      return null;
    }
  }

  /// The name of a file in it; empty when there is none.
  private String anyFile() {
    if (!Files.exists(directory)) {
      return "";
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(each -> String.valueOf(each.getFileName()))
          .sorted()
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      throw LibcBuildFailure.input(directory + ": cannot be looked into: " + FileErrors.reason(e));
    }
  }

  /// What is installed runs later: nobody else may be able to put something in its place.
  private void requireTrusted() {
    Path there = BuildDirectories.nearest(directory);
    if (!Files.isDirectory(there)) {
      String what =
          Files.isSymbolicLink(there)
              ? "is a symbolic link that leads nowhere"
              : "is not a directory";
      String where = there.equals(directory) ? "" : there + " ";
      throw LibcBuildFailure.input(directory + ": " + where + what + "; " + REMEDY);
    }
    try {
      OutputFile.requireTrusted(there, REMEDY);
    } catch (IOException e) {
      throw BuildDirectories.failure(there, e);
    }
  }

  private void requireWritable() {
    Path above = BuildDirectories.nearest(Objects.requireNonNull(directory.getParent()));
    if (!Files.isWritable(above)) {
      throw LibcBuildFailure.input(
          directory + ": no permission to write in " + above + "; give another --prefix");
    }
  }
}
