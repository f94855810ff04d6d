package trapline.linux.tracefs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The mounted file system through which the kernel's tracer is driven
/// (`Documentation/trace/ftrace.rst`).
public final class Tracefs {
  private static final List<String> PLACES =
      List.of("/sys/kernel/tracing", "/sys/kernel/debug/tracing");

  /// Makes and removes the directories of instances. The kernel fills one when it is made, and
  /// empties it when it is removed.
  interface Folders {
    void make(Path folder) throws IOException;

    void remove(Path folder) throws IOException;
  }

  private static final Folders KERNEL =
      new Folders() {
        @Override
        public void make(Path folder) throws IOException {
          Files.createDirectory(folder);
        }

        @Override
        public void remove(Path folder) throws IOException {
          Files.delete(folder);
        }
      };

  private final Path root;
  private final Folders folders;

  Tracefs(Path root, Folders folders) {
    this.root = root;
    this.folders = folders;
  }

  /// Finds it where it is mounted and may be read; `null` when it is nowhere.
  static @Nullable Tracefs find() {
    for (String place : PLACES) {
      Path root = Path.of(place);
      if (Files.isReadable(root) && Files.exists(root.resolve("instances"))) {
        return new Tracefs(root, KERNEL);
      }
    }
    return null;
  }

  /// Where it is.
  public Path root() {
    return root;
  }

  Path file(String name) {
    return root.resolve(name);
  }

  Path instance(String name) {
    return root.resolve("instances").resolve(name);
  }

  Folders folders() {
    return folders;
  }

  /// The names of all instances.
  List<String> instances() {
    List<String> names = new ArrayList<>();
    String[] all = root.resolve("instances").toFile().list();
    if (all != null) {
      names.addAll(List.of(all));
    }
    return names;
  }
}
