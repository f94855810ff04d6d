package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.files.HeldLock;

/// What stays in the cache of guests, and what goes.
@Tag("unit")
class GuestCacheTest {
  @TempDir private Path folder;

  @Test
  void whatNobodyHasUsedForAMonthGoes() throws IOException {
    GuestCache cache = GuestCache.of(Map.of("XDG_CACHE_HOME", folder.toString()));
    Path fresh = kernel(cache, "fresh", 29);
    Path old = kernel(cache, "old", 31);
    Path held = kernel(cache, "held", 31);
    Path given = aged(cache.directory(0, "packages", "given.deb").path(), 31);
    String name = "linux-image-6.12.117+deb12-cloud-amd64";
    Path fetched = aged(cache.directory(0, "packages", name).path(), 31);

    try (HeldLock lock = HeldLock.tryTake(held.resolve(GuestCache.LOCK))) {
      assertThat(lock).isNotNull();
      cache.prune();
    }

    assertThat(old).doesNotExist();
    assertThat(given).doesNotExist();
    assertThat(fresh.resolve("vmlinux")).exists();
    assertThat(held.resolve("vmlinux")).exists();
    assertThat(fetched).exists();
  }

  private static Path kernel(GuestCache cache, String name, int days) throws IOException {
    Path kernel = cache.directory(0, "kernels", name).path();
    Files.writeString(kernel.resolve("vmlinux"), "a kernel");
    aged(Files.createFile(kernel.resolve(GuestCache.LOCK)), days);
    return kernel;
  }

  private static Path aged(Path path, int days) throws IOException {
    Instant then = Instant.now().minus(Duration.ofDays(days));
    return Files.setLastModifiedTime(path, FileTime.from(then));
  }
}
