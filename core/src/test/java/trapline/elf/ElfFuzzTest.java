package trapline.elf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Damaged files give answers or the promised exceptions, and nothing else.
@Tag("host")
class ElfFuzzTest {
  private static final int ROUNDS = 60;

  @TempDir static Path folder;

  @FuzzTest
  void anyBytes(byte[] file) {
    ElfWalk.everything(file);
  }

  @ParameterizedTest
  @EnumSource(
      value = ElfPrograms.Build.class,
      names = {
        "PLAIN",
        "RELR",
        "SYSV_HASH",
        "IBT",
        "COMPRESSED",
        "COMPRESSED_ZSTD",
        "MINI",
        "MUSL_STATIC"
      })
  void truncatedFiles(ElfPrograms.Build build) {
    byte[] whole = ElfPrograms.bytesOf(build.in(folder));
    SplittableRandom random = new SplittableRandom(build.name().hashCode());
    for (int i = 0; i < ROUNDS; i++) {
      int length = i < 24 ? 3 * i : random.nextInt(whole.length);
      ElfWalk.everything(Arrays.copyOf(whole, length));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElfPrograms.Build.class,
      names = {
        "PLAIN",
        "RELR",
        "SYSV_HASH",
        "IBT",
        "COMPRESSED",
        "COMPRESSED_ZSTD",
        "MINI",
        "MUSL_STATIC"
      })
  void filesWithChangedWords(ElfPrograms.Build build) {
    byte[] whole = ElfPrograms.bytesOf(build.in(folder));
    assertThat(ElfWalk.everything(whole)).isGreaterThan(30);
    SplittableRandom random = new SplittableRandom(build.name().hashCode());
    for (int round = 0; round < ROUNDS; round++) {
      byte[] changed = round % 3 == 0 ? ElfPrograms.withoutSections(whole.clone()) : whole.clone();
      int changes = 1 + random.nextInt(12);
      for (int i = 0; i < changes; i++) {
        // Headers and tables are at both ends; code in the middle is of no interest.
        int span = Math.min(3000, changed.length);
        int at =
            random.nextBoolean() ? random.nextInt(span) : changed.length - 1 - random.nextInt(span);
        changed[Math.max(4, at)] =
            (byte)
                switch (random.nextInt(4)) {
                  case 0 -> 0xff;
                  case 1 -> 0x7f;
                  case 2 -> 0;
                  default -> random.nextInt(256);
                };
      }
      ElfWalk.everything(changed);
    }
  }
}
