package trapline.linux.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.testing.Tools;

/// The kernels that tests run: Debian packages that `.ci/run` fetches.
final class TestKernels {
  private TestKernels() {}

  /// A kernel of a series such as `6.12`; without its package or QEMU the test is skipped.
  static GuestKernel series(String series) {
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
    return new GuestKernels(GuestProgress.NONE).find(Objects.requireNonNull(deb).toString());
  }

  private static @Nullable Path newest(Path folder, String prefix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(each -> each.getFileName().toString().startsWith(prefix))
          .filter(each -> each.toString().endsWith(".deb"))
          .max((one, other) -> KernelPackages.compare(one.toString(), other.toString()))
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}
