package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.kernel.FunctionIndex;
import trapline.kernel.KernelFunction;
import trapline.model.ErrorOrigin.Candidate;
import trapline.model.Place;

/// Any text has places for an error or none, and is done with soon.
@Tag("unit")
class ErrnoFuzzTest {
  private static final String SOURCE =
      """
      #define CHECK(x) if (x) return -EINVAL
      static int h(int a) { return a ? -EINVAL : 0; }
      int f(int a, int *p)
      {
      	int ret = -EINVAL, b[] = { 1, -EINVAL };
      	if (a) { goto out; } else if (b[a]) ret = h(a);
      #ifdef A
      	for (;;) { switch (a) { case 1: ret = -EINVAL; break; default: goto again; } }
      #else
      	while ((ret = g(a)) != -EINVAL) { do { CHECK(a); } while (0);
      #endif
      	again: *p = ret; p->x = -EINVAL; WRITE_ONCE(p->y, EINVAL); /* */ "\\"";
      out:
      	return ret;
      }
      """;

  @FuzzTest
  void source(byte[] file) {
    FunctionCollector collector = new FunctionCollector();
    collector.take("a.c", file, file.length);
    FunctionIndex index = collector.index();
    KernelFiles files = new KernelFiles(ErrnoPlacesTest.source(file));
    ErrnoPlaces places = new ErrnoPlaces(files, index, "x86", name -> true);
    int[] asked = {0};
    index.forEach(
        function -> {
          if (asked[0]++ < 20) {
            ask(places, function, file);
          }
        });
    for (int line = 0; line < 4; line++) {
      ask(places, new KernelFunction("f", new Place("a.c", line), false, ""), file);
    }
  }

  private static void ask(ErrnoPlaces places, KernelFunction function, byte[] file) {
    try {
      List<Candidate> found = places.of(function, "EINVAL");
      int lines = CText.newlines(file, 0, file.length) + 1;
      for (Candidate candidate : found) {
        assertThat(candidate.place().line()).isBetween(1, lines);
      }
      assertThat(found).hasSizeLessThan(300);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void sourcesCutAnywhere() {
    byte[] whole = SOURCE.getBytes(StandardCharsets.UTF_8);
    source(whole);
    for (int length = 0; length <= whole.length; length++) {
      source(Arrays.copyOf(whole, length));
      source(Arrays.copyOfRange(whole, length, whole.length));
    }
  }

  @Test
  void bytesChanged() {
    byte[] whole = SOURCE.getBytes(StandardCharsets.UTF_8);
    String pool = "{}();:,=-*#\"'\n\\/ aE0";
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 2_000; round++) {
      byte[] changed = whole.clone();
      for (int i = 0; i < 1 + round % 12; i++) {
        changed[random.nextInt(changed.length)] = (byte) pool.charAt(random.nextInt(pool.length()));
      }
      source(changed);
    }
  }

  /// Repeated pieces end neither in a stack overflow nor in hours.
  @Test
  void deepNesting() {
    for (String piece :
        new String[] {
          "(",
          "{",
          "[",
          "if (a) ",
          "else ",
          "do ",
          "case 1: ",
          "x: ",
          "#if 0\n",
          "#if A\n",
          "#else\n",
          "return -EINVAL;",
          "return -EINVAL,",
          "e = -EINVAL; ",
          "e = -EINVAL; if (e) goto l; ",
          "if (a) e = -EINVAL; if (a) return e;\n",
          "switch (a) { case 1: e = -EINVAL; if (a) break; ",
          "for (;;) { e = -EINVAL; if (a) break;\n",
          "e = f(e = -EINVAL, ",
          "a ? -EINVAL : ",
          "M(",
          "e = h(a); "
        }) {
      hostile("#define M(x) -EINVAL\nint h(int a) { return -EINVAL; }\nint f(int a)\n{\n", piece);
    }
    StringBuilder labels = new StringBuilder("int f(int a)\n{\n\te = -EINVAL; goto l0;\n");
    for (int i = 0; i < 20_000; i++) {
      labels.append("l").append(i).append(": if (a) goto l").append(i + 1).append(";\n");
    }
    source(labels.append("\treturn e;\n}\n").toString().getBytes(StandardCharsets.UTF_8));
  }

  private void hostile(String head, String piece) {
    String text = head + piece.repeat(20_000) + "\nl: return e;\n}\n";
    source(text.getBytes(StandardCharsets.UTF_8));
  }
}
