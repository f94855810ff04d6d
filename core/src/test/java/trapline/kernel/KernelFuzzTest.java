package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.model.Abi;
import trapline.model.MalformedBinary;

/// Damaged input gives answers or [MalformedBinary], and nothing else.
@Tag("unit")
class KernelFuzzTest {
  /// As it is, and with what a reader compares before it looks at anything made right.
  @FuzzTest
  void index(byte[] file) {
    walk(file);
    walk(repaired(file));
  }

  /// Gives a damaged index the magic number, format, length and checksums of a good one.
  private static byte[] repaired(byte[] file) {
    int header = IndexFile.HEADER + 8 * IndexFile.SECTIONS;
    if (file.length < header) {
      return file;
    }
    byte[] fixed = file.clone();
    ByteBuffer words = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
    words.put(0, IndexFile.MAGIC.getBytes(StandardCharsets.US_ASCII));
    words.putInt(8, IndexFile.FORMAT).putInt(12, IndexFile.SECTIONS).putInt(16, fixed.length);
    int size = fixed.length - header;
    for (int i = 0; i < IndexFile.SECTIONS; i++) {
      int at = IndexFile.HEADER + 8 * i;
      int offset = words.getInt(at);
      int length = words.getInt(at + 4);
      if (offset < 0 || offset > fixed.length || length < 0 || length > fixed.length - offset) {
        int start = header + Math.floorMod(offset, size + 1);
        words.putInt(at, start);
        words.putInt(at + 4, Math.floorMod(length, fixed.length - start + 1) & ~3);
      }
    }
    int functions = words.getInt(IndexFile.HEADER + 8 * IndexFile.FUNCTIONS);
    int end = functions + words.getInt(IndexFile.HEADER + 8 * IndexFile.FUNCTIONS + 4);
    words.putInt(24, IndexFile.sum(Bytes.of("f", Arrays.copyOfRange(fixed, functions, end))));
    if (functions > 24) {
      words.putInt(20, IndexFile.sum(Bytes.of("f", Arrays.copyOfRange(fixed, 24, functions))));
    }
    return fixed;
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

  /// Reads everything, once as a user's file and once past the checksum that would refuse it.
  private static void walk(byte[] file) {
    try {
      KernelIndexSet.read(Bytes.of("fuzz.idx", file));
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
    try {
      KernelIndexSet set = KernelIndexSet.of(IndexFile.read(Bytes.of("fuzz.idx", file)));
      for (int i = 0; i < set.versions().size(); i++) {
        walk(set.index(i));
      }
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
  }

  private static void walk(KernelIndex index) {
    List<Runnable> questions =
        new ArrayList<>(
            List.of(
                index::definitions,
                index::declarations,
                index::redirections,
                index::gaps,
                () -> index.functions().ifPresent(all -> all.named("sys_x", "x86")),
                () -> index.usualConfig("x86"),
                () -> index.usualConfig("arm64"),
                index::abis));
    // Of every version many tables are alike; these stand for them.
    for (String label : List.of("x86_64", "x32", "i386", "arm64", "mips_o32")) {
      Abi abi = Abi.named(label).orElseThrow();
      questions.add(() -> index.entryPaths(abi));
      questions.add(() -> index.named(abi, "socket"));
      questions.add(
          () -> {
            for (SyscallRow row : index.rows(abi).stream().limit(20).toList()) {
              index.facts(abi, row.number());
            }
          });
    }
    for (Runnable question : questions) {
      try {
        question.run();
      } catch (MalformedBinary e) {
        assertThat(e.offset()).isNotNegative();
      }
    }
  }
}
