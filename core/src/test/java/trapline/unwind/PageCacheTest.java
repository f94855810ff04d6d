package trapline.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.model.RemoteMemory;

/// What was read once is kept as it was, and nothing else.
@Tag("unit")
class PageCacheTest {
  @Test
  void keepsWhatWasReadAsItWas() {
    byte[] bytes = new byte[64 << 10];
    Arrays.fill(bytes, (byte) 1);
    RemoteMemory live =
        (address, into, offset, length) -> {
          int count = (int) Math.clamp(bytes.length - address, 0, length);
          System.arraycopy(bytes, (int) address, into, offset, count);
          return count;
        };
    PageCache cache = new PageCache(live);
    assertThat(cache.readExactly(1020, 8)).containsOnly(1);
    RemoteMemory kept = cache.kept();
    Arrays.fill(bytes, (byte) 2);
    assertThat(kept.readExactly(1020, 8)).containsOnly(1);
    assertThat(kept.readExactly(2040, 8)).isEqualTo(new byte[] {1, 1, 1, 1, 1, 1, 1, 1});
    assertThat(kept.readExactly(2044, 8)).isNull();
    assertThat(kept.readExactly(30_000, 8)).isNull();
    // Another block takes the place of the first one.
    assertThat(cache.readExactly(16 << 10, 8)).containsOnly(2);
    assertThat(kept.readExactly(0, 8)).isNull();
    assertThat(kept.readExactly(1024, 8)).containsOnly(1);
  }
}
