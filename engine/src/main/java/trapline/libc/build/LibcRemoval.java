package trapline.libc.build;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import trapline.libc.BuiltMark;
import trapline.libc.LibcRegistry;

/// Removes a library that Trapline built, or an unfinished build: what Trapline made, and nothing
/// else.
public final class LibcRemoval {
  private final BuildDirectories directories;
  private final LibcRegistry registry;

  public LibcRemoval(BuildDirectories directories, LibcRegistry registry) {
    this.directories = directories;
    this.registry = registry;
  }

  /// Removes what has a name.
  ///
  /// @return what was done, one line each
  /// @throws LibcBuildFailure when nothing has the name, or another run builds it
  public List<String> remove(String name) {
    List<String> done = new ArrayList<>();
    for (LibcRegistry.Entry entry : registry.entries()) {
      if (entry.name().equals(name)) {
        removeLibrary(entry, done);
      }
    }
    if (unfinished().contains(name)) {
      try (Traces traces = new Traces();
          BuildDirectory build = BuildDirectory.take(directories.builds(), name, traces)) {
        build.remove();
        done.add("removed the unfinished build " + directories.builds().resolve(name));
      }
      Path source = directories.sources().resolve(name);
      if (SourceFinder.isOurs(source, directories) && !isUsed(source)) {
        BuildDirectories.delete(source);
        done.add("removed its source " + source);
      }
    }
    if (done.isEmpty()) {
      throw LibcBuildFailure.input(
          name + ": no library that Trapline built; trapline libc lists them");
    }
    return done;
  }

  private void removeLibrary(LibcRegistry.Entry entry, List<String> done) {
    Optional<BuiltMark> mark = BuiltMark.of(entry.prefix());
    registry.remove(entry.name());
    if (mark.isEmpty() || !mark.get().name().equals(entry.name())) {
      done.add(
          Files.exists(entry.prefix())
              ? "forgot "
                  + entry.name()
                  + "; "
                  + entry.prefix()
                  + " was left: Trapline did not make what is there"
              : "forgot " + entry.name() + ": " + entry.prefix() + " was gone");
      return;
    }
    BuildDirectories.delete(entry.prefix());
    done.add("removed " + entry.name() + ": " + entry.prefix());
    Path source = mark.get().source();
    if (SourceFinder.isOurs(source, directories) && !isUsed(source)) {
      BuildDirectories.delete(source);
      done.add("removed its source " + source);
    }
  }

  /// Whether another library was built from a source.
  private boolean isUsed(Path source) {
    return registry.entries().stream()
        .anyMatch(
            each ->
                BuiltMark.of(each.prefix())
                    .filter(mark -> mark.source().equals(source))
                    .isPresent());
  }

  /// The names of unfinished builds.
  public List<String> unfinished() {
    try (Stream<Path> builds = Files.list(directories.builds())) {
      return builds
          .filter(BuildDirectory::isUnfinished)
          .map(each -> String.valueOf(each.getFileName()))
          .sorted()
          .toList();
    } catch (java.io.IOException e) {
      return List.of(); // nothing was built yet
    }
  }
}
