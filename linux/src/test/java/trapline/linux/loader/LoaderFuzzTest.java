package trapline.linux.loader;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

/// Damaged caches of libraries give answers or [MalformedBinary].
@Tag("unit")
class LoaderFuzzTest {
  private static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII);

  /// As it is, and with the magic number made right.
  @FuzzTest
  void cache(byte[] file) {
    ask(file);
    byte[] fixed = Arrays.copyOf(file, Math.max(file.length, MAGIC.length));
    System.arraycopy(MAGIC, 0, fixed, 0, MAGIC.length);
    ask(fixed);
  }

  private static void ask(byte[] file) {
    try {
      LibraryCache cache = LibraryCache.parse(Bytes.of("fuzz", file));
      cache.find("libc.so.6", List.of(), LegacyCapabilities.NONE);
      LegacyCapabilities older = new LegacyCapabilities("haswell", true, true);
      cache.find("libm.so.6", List.of("x86-64-v3", "x86-64-v2"), older);
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
  }
}
