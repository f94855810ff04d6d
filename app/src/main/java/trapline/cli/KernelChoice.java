package trapline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.kernel.KernelHops;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelSource;
import trapline.kernel.RunningKernel;
import trapline.kernel.source.DirectorySource;
import trapline.kernel.source.IndexOptions;
import trapline.kernel.source.KernelIndexer;
import trapline.kernel.source.TarballSource;
import trapline.model.MalformedBinary;

/// Decides where the kernel's facts come from: the tree or tarball that the user names, an unpacked
/// tree under /usr/src that is the running kernel's, or the index that comes with Trapline.
final class KernelChoice {
  private static final Path SOURCES = Path.of("/usr/src");
  private static final String ADVICE =
      "; name an unpacked kernel tree, or linux-VERSION.tar or .tar.xz";

  private KernelChoice() {}

  /// @param named what `--kernel-source` says; `null` when it was not given
  /// @param err where progress is shown
  /// @throws CommandFailure when what was named cannot be indexed
  static KernelHops choose(@Nullable Path named, RunningKernel running, PrintStream err) {
    if (named != null) {
      return indexed(named, running, err);
    }
    Path tree = treeOf(SOURCES, running.release());
    if (tree != null) {
      try {
        return index(tree, running, err);
      } catch (IOException | MalformedBinary e) {
        err.println("trapline: " + tree + " is left aside: " + e.getMessage());
      }
    }
    KernelIndex nearest = KernelIndexSet.embedded().nearest(running.release());
    return new KernelHops(nearest, "embedded index", null, running);
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
          ExitStatus.BAD_FILE, "--kernel-source " + named + ": " + reason(e) + ADVICE);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.BAD_FILE, "--kernel-source " + named + ": cannot be read: " + e.getMessage());
    }
  }

  private static String reason(MalformedBinary e) {
    return e.offset() == 0 ? e.what() : "at byte " + e.offset() + ": " + e.what();
  }

  private static KernelHops index(Path place, RunningKernel running, PrintStream err)
      throws IOException {
    KernelSource source =
        Files.isDirectory(place) ? new DirectorySource(place) : new TarballSource(place);
    try (IndexProgress progress = new IndexProgress(place.toString(), err)) {
      KernelIndex index = KernelIndexer.index(source, IndexOptions.NONE, progress);
      return new KernelHops(index, place.toString(), source, running);
    }
  }

  /// An unpacked tree of the running kernel's series; others say less than the index that comes
  /// with
  /// Trapline, and reading one takes seconds.
  static @Nullable Path treeOf(Path sources, String release) {
    int dot = release.indexOf('.');
    int end = dot + 1;
    while (end < release.length() && Character.isDigit(release.charAt(end))) {
      end++;
    }
    if (dot < 1 || !Files.isDirectory(sources)) {
      return null;
    }
    String version = release.substring(0, dot);
    String patchLevel = release.substring(dot + 1, end);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(sources, "linux*")) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry.resolve("kernel/sys_ni.c"))
            && says(entry.resolve("Makefile"), "VERSION = " + version)
            && says(entry.resolve("Makefile"), "PATCHLEVEL = " + patchLevel)) {
          return entry;
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  private static boolean says(Path makefile, String line) throws IOException {
    if (!Files.isRegularFile(makefile)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(makefile, StandardCharsets.ISO_8859_1)) {
      return lines.limit(20).anyMatch(line::equals);
    }
  }
}
