package trapline.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The kernels that guests run in tests: Debian packages that `.ci/run` fetches.
public final class CloudKernels {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private CloudKernels() {}

  /// The newest package of a series such as `6.12`; without it or QEMU the test is skipped.
  public static Path series(String series) {
    Tools.require("qemu-system-x86_64", "/bin/busybox", "gcc");
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path cache =
        xdg != null && xdg.startsWith("/")
            ? Path.of(xdg)
            : Path.of(Objects.requireNonNullElse(System.getenv("HOME"), "/"), ".cache");
    Path folder = cache.resolve("trapline").resolve("test-kernels");
    Path deb = newest(folder, "linux-image-" + series + ".");
    Tools.requireHost(
        deb != null,
        "a package linux-image-" + series + ".*-cloud-amd64 in " + folder + " (apt-get download)");
    return Objects.requireNonNull(deb);
  }

  /// The package that a system property names, to try another kernel by hand; without it the newest
  /// of a series.
  public static Path chosen(String property, String series) {
    String chosen = System.getProperty(property);
    return chosen == null ? series(series) : Path.of(chosen);
  }

  private static @Nullable Path newest(Path folder, String prefix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(each -> each.getFileName().toString().startsWith(prefix))
          .filter(each -> each.toString().endsWith(".deb"))
          .max(Comparator.comparing(CloudKernels::inOrder))
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  /// The name with its numbers as wide as each other, so that letters order it.
  private static String inOrder(Path file) {
    return NUMBER
        .matcher(file.getFileName().toString())
        .results()
        .map(MatchResult::group)
        .map(digits -> "0".repeat(Math.max(0, 12 - digits.length())) + digits)
        .collect(Collectors.joining(" "));
  }
}
