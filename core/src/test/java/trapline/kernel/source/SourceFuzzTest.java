package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.kernel.Condition;
import trapline.kernel.KernelConfig;
import trapline.model.MalformedBinary;

/// Damaged source gives answers or [MalformedBinary], and nothing else.
@Tag("unit")
class SourceFuzzTest {
  @FuzzTest
  void table(byte[] file) {
    try {
      SyscallTable.parse(Bytes.of("fuzz.tbl", file));
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
  }

  @FuzzTest
  void source(byte[] file) {
    SourceScanner.scan("fuzz.c", file, true);
    SourceScanner.includedSources("a/fuzz.c", file);
    String text = new String(file, StandardCharsets.ISO_8859_1);
    Condition.evaluate(text, KernelConfig.unknown());
    Kbuild kbuild = new Kbuild(Map.of("Makefile", file, "a/Makefile", file), "x86", 64);
    kbuild.gates("a/fuzz.c");
    kbuild.gates("arch/x86/b/fuzz.c");
    Map<String, byte[]> files = Map.of("Kconfig", file, "arch/x86/Kconfig", file, "d", file);
    Kconfig kconfig = Kconfig.of(files, Kconfig.common(files), "x86", "x86", "d");
    kconfig.value("CONFIG_A");
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
}
