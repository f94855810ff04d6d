package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.model.Abi;
import trapline.model.MalformedBinary;

/// Damaged input gives answers or [MalformedBinary], and nothing else.
class KernelFuzzTest {
  @FuzzTest
  void index(byte[] file) {
    walk(file);
  }

  @FuzzTest
  void running(byte[] file) throws IOException {
    Kallsyms.search(new ByteArrayInputStream(file), Set.of("a", "do_syscall_64"));
    try {
      TracepointFormat.parse(Bytes.of("format", file));
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
    try {
      KernelConfig.parse(Bytes.of("config", file));
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
  }

  @Test
  void truncatedIndexes() {
    byte[] whole = KernelIndexSet.embedded().index(0).write();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200; i++) {
      walk(Arrays.copyOf(whole, i < 100 ? i : random.nextInt(whole.length)));
    }
  }

  @Test
  void indexesWithChangedBytes() {
    byte[] whole = KernelIndexSet.embedded().index(0).write();
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 150; round++) {
      byte[] changed = whole.clone();
      for (int i = 0; i < 20; i++) {
        int at = round % 2 == 0 ? 8 + random.nextInt(120) : random.nextInt(changed.length);
        changed[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt(256));
      }
      walk(changed);
    }
  }

  private static void walk(byte[] file) {
    try {
      KernelIndexSet set = KernelIndexSet.of(IndexFile.read(Bytes.of("fuzz.idx", file)));
      KernelIndex index = set.index(0);
      for (Abi abi : Abi.values()) {
        for (SyscallRow row : index.rows(abi)) {
          index.facts(abi, row.number());
        }
        index.entryPath(abi);
      }
      index.definitions();
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
  }
}
