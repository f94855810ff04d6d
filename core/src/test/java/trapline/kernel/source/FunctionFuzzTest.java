package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.kernel.FunctionIndex;
import trapline.model.MalformedBinary;

/// Damaged sources and indexes of functions give answers or [MalformedBinary], and nothing else.
@Tag("unit")
class FunctionFuzzTest {
  private static final String SOURCE =
      """
      #if defined(A) && 0 /* x */
      SYSCALL_DEFINE3(x, int, a, SC_ARG64(b)) { "\\" /* */ }
      #elif 1
      asmlinkage long sys_y(int (*f)(void)) { '{' }
      #else
      static int (*g(int a))(int) __acquires(x) { // }
      #endif
      #if 0
      don't
      #endif
      struct s { int a; } x[] = { F(1) };
      ENTRY(name)
      TEST_F(a, b) { }
      """;

  @FuzzTest
  void source(byte[] file) {
    FunctionCollector collector = new FunctionCollector();
    collector.take("a.c", file, file.length);
    collector.take("a.S", file, file.length);
    walk(collector.write());
  }

  @FuzzTest
  void index(byte[] file) {
    try {
      walk(file);
    } catch (MalformedBinary e) {
      assertThat(e.offset()).isNotNegative();
    }
  }

  @Test
  void sourcesCutAnywhere() {
    byte[] whole = SOURCE.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length <= whole.length; length++) {
      source(Arrays.copyOf(whole, length));
      source(Arrays.copyOfRange(whole, length, whole.length));
    }
  }

  @Test
  void deepNesting() {
    for (String piece :
        new String[] {
          "(",
          "{",
          "#if A\n",
          "#if 0\n",
          "#else\n",
          "/*",
          "\"",
          "f(a",
          "f(a)",
          "X(a) b(c) ",
          "if ",
          "#if 1\n#else\n",
          "#ifdef A\nint f(int a)\n#else\n",
          "a(\n#if B\n",
          "SYSCALL_DEFINE1(,"
        }) {
      source(piece.repeat(20_000).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void damagedIndexes() {
    FunctionCollector collector = new FunctionCollector();
    for (int i = 0; i < 60; i++) {
      byte[] text = SOURCE.replace("x", "x" + i).getBytes(StandardCharsets.UTF_8);
      collector.take("d/" + i + ".c", text, text.length);
    }
    byte[] whole = collector.write();
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 300; round++) {
      byte[] changed = whole.clone();
      for (int i = 0; i < 1 + round % 8; i++) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      index(round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : changed);
    }
    walk(whole);
  }

  private static void walk(byte[] file) {
    FunctionIndex index = FunctionIndex.read(Bytes.of("fuzz", file));
    int[] count = {0};
    index.forEach(
        function -> {
          count[0]++;
          if (count[0] < 50) {
            index.named(function.name(), "x86");
          }
        });
    index.named("__x64_sys_x");
  }
}
