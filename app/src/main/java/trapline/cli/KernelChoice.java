package trapline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trapline.kernel.DirectorySource;
import trapline.kernel.KernelHops;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexer;
import trapline.kernel.KernelSource;
import trapline.kernel.RunningKernel;
import trapline.kernel.TarballSource;
import trapline.model.MalformedBinary;

/// Decides where the kernel's facts come from: the tree or tarball that the user names, an unpacked
/// tree under /usr/src that is the running kernel's, or the index that comes with Trapline.
final class KernelChoice {
  private static final Path SOURCES = Path.of("/usr/src");

  private KernelChoice() {}

  /// @param named what `--kernel-source` says; `null` when it was not given
  /// @param err where progress is shown
  /// @throws CommandFailure when what was named cannot be indexed
  static KernelHops choose(@Nullable Path named, RunningKernel running, PrintStream err) {
    if (named != null) {
      return indexed(named, running, err);
    }
    Path tree = treeOf(running.release());
    if (tree != null) {
      try {
        return index(tree, running, err);
      } catch (IOException | MalformedBinary e) {
        err.println("trapline: " + tree + " is left aside: " + e.getMessage());
      }
    }
    return new KernelHops(KernelIndex.embedded(), "embedded index", null, running);
  }

  private static KernelHops indexed(Path named, RunningKernel running, PrintStream err) {
    if (!Files.exists(named)) {
      throw new CommandFailure(
          ExitStatus.BAD_FILE, "--kernel-source " + named + ": no such folder or file");
    }
    try {
      return index(named, running, err);
    } catch (MalformedBinary e) {
      throw new CommandFailure(
          ExitStatus.BAD_FILE, "--kernel-source " + named + ": " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.BAD_FILE, "--kernel-source " + named + ": cannot be read: " + e.getMessage());
    }
  }

  private static KernelHops index(Path place, RunningKernel running, PrintStream err)
      throws IOException {
    KernelSource source =
        Files.isDirectory(place) ? new DirectorySource(place) : new TarballSource(place);
    try (IndexProgress progress = new IndexProgress(place.toString(), err)) {
      KernelIndex index = KernelIndexer.index(source, progress);
      return new KernelHops(index, place.toString(), source, running);
    }
  }

  /// An unpacked tree under /usr/src whose name says that it is the running kernel's series.
  private static @Nullable Path treeOf(String release) {
    int dot = release.indexOf('.', release.indexOf('.') + 1);
    String series = dot < 0 ? release : release.substring(0, dot);
    if (series.isEmpty() || !Files.isDirectory(SOURCES)) {
      return null;
    }
    Path found = null;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(SOURCES, "linux*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean tree = Files.isRegularFile(entry.resolve("kernel/sys_ni.c"));
        if (tree && (found == null || name.contains(series))) {
          found = entry;
        }
      }
    } catch (IOException e) {
      return null;
    }
    return found;
  }
}
