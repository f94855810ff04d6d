package trapline.linux.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import trapline.linux.proc.Owner;

/// A fresh [PrivateDirectory] of one run, which goes with it. Its name says whose it is,
/// `trapline-PID-START-NAMESPACE-NUMBER`, so that the next run can remove what a killed one left.
public final class TemporaryDirectory implements Closeable {
  private static final String PREFIX = "trapline-";
  private static final int MOST = 1000;

  private final PrivateDirectory directory;

  private TemporaryDirectory(PrivateDirectory directory) {
    this.directory = directory;
  }

  /// Makes one in `$TMPDIR`, or `/tmp`.
  public static TemporaryDirectory make() throws IOException {
    return in(place(System.getenv()));
  }

  /// The directory for temporary files.
  static Path place(Map<String, String> environment) throws UnsafePlace {
    String named = environment.getOrDefault("TMPDIR", "");
    if (named.isEmpty()) {
      return Path.of(System.getProperty("java.io.tmpdir"));
    }
    if (!Files.isDirectory(Path.of(named))) {
      throw new UnsafePlace("TMPDIR names no directory: " + named);
    }
    return Path.of(named);
  }

  /// Makes one for files that matter only while this run lasts: in `$XDG_RUNTIME_DIR` when that is
  /// the user's own and has room, else as [#make].
  ///
  /// @param room how many bytes it should have
  public static TemporaryDirectory ofRuntime(long room) throws IOException {
    String named = System.getenv().getOrDefault("XDG_RUNTIME_DIR", "");
    if (named.startsWith("/")) {
      Path runtime = Path.of(named);
      try {
        if (Files.getFileStore(runtime).getUsableSpace() >= room) {
          return in(runtime);
        }
      } catch (IOException e) {
        return make(); // of another user (sudo), or not there
      }
    }
    return make();
  }

  /// Makes one, and removes those that killed runs have left there.
  public static TemporaryDirectory in(Path parent) throws IOException {
    String prefix = PREFIX + Owner.self().text('-') + '-';
    TemporaryDirectory made = new TemporaryDirectory(PrivateDirectory.fresh(parent, prefix, MOST));
    removeLeft(parent);
    return made;
  }

  private static void removeLeft(Path parent) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path each : all) {
        String name = each.getFileName().toString();
        Owner owner = Owner.parse(name.substring(PREFIX.length()), '-');
        if (owner != null && owner.isGone()) {
          remove(parent, name);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // what others have left does not keep this run from its work
    }
  }

  private static void remove(Path parent, String name) {
    try {
      PrivateDirectory.existing(parent, name).ifPresent(PrivateDirectory::delete);
    } catch (IOException e) {
      return; // it is not ours
    }
  }

  public PrivateDirectory directory() {
    return directory;
  }

  public Path path() {
    return directory.path();
  }

  /// Removes it with all that is in it.
  @Override
  public void close() {
    directory.delete();
  }
}
