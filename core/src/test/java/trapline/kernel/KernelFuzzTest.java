package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
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
  void table(byte[] file) {
    try {
      SyscallTable.parse(Bytes.of("fuzz.tbl", file));
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
  }

  @FuzzTest
  void tar(byte[] file) {
    TarReader tar = new TarReader("fuzz.tar", new ByteArrayInputStream(file));
    try {
      while (tar.next()) {
        if (tar.size() <= 1 << 20) {
          tar.content();
        }
      }
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FuzzTest
  void source(byte[] file) {
    SourceScanner.scan("fuzz.c", file, true);
    SourceScanner.includedSources("a/fuzz.c", file);
    String text = new String(file, StandardCharsets.ISO_8859_1);
    Condition.evaluate(text, KernelConfig.unknown());
    Kbuild kbuild = new Kbuild(Map.of("Makefile", file, "a/Makefile", file), "x86");
    kbuild.gates("a/fuzz.c");
    kbuild.gates("arch/x86/b/fuzz.c");
    Kconfig kconfig = new Kconfig(Map.of("Kconfig", file, "d", file), "x86", "d");
    kconfig.value("CONFIG_A");
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
    byte[] whole = KernelIndex.embedded().write();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200; i++) {
      walk(Arrays.copyOf(whole, i < 100 ? i : random.nextInt(whole.length)));
    }
  }

  @Test
  void indexesWithChangedBytes() {
    byte[] whole = KernelIndex.embedded().write();
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

  @Test
  void sourcesCutAnywhere() {
    byte[] whole =
        """
        #if defined(A) && (B || !C)
        SYSCALL_DEFINE3(x, int, a, SC_ARG64(b)) { "\\" /* */ }
        #else
        asmlinkage long sys_y(int (*f)(void)) { '{' }
        #endif
        config A\n\tbool "x" if $(y,z)\n\tdepends on A && (B || !C) = "q"\n\tselect A
        obj-$(CONFIG_A) += $(a-y) \\\n fuzz.o\na-y := $(obj-y)\nifeq ($(A),b)
        """
            .getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length <= whole.length; length++) {
      source(Arrays.copyOf(whole, length));
      source(Arrays.copyOfRange(whole, length, whole.length));
    }
  }

  /// Deep nesting ends neither in a stack overflow nor in hours.
  @Test
  void deepNesting() {
    for (String piece :
        new String[] {
          "(",
          "!",
          "{",
          "#if (\n",
          "if A\n",
          "ifdef A\n",
          "/*",
          "\"",
          "menu\n",
          "config A\nselect A\n",
          "a-y := $(a-y) b.o\n",
          "SYSCALL_DEFINE1(",
          "else if A\n"
        }) {
      source(piece.repeat(20_000).getBytes(StandardCharsets.UTF_8));
    }
    StringBuilder chain = new StringBuilder("config A\n\tdef_bool S0\n");
    for (int i = 0; i < 20_000; i++) {
      chain.append("config S").append(i).append("\n\tdef_bool S").append(i + 1).append('\n');
    }
    source(chain.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void walk(byte[] file) {
    try {
      KernelIndex index = KernelIndex.read(Bytes.of("fuzz.idx", file));
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
