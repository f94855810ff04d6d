package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.BytePattern;

/// The fast searches beside the plain ones, on texts that nearly hold what is looked for.
@Tag("unit")
class TextSearchTest {
  private static final String[] WORDS = {"SYSCALL", "asmlinkage", ".c\"", "sys"};
  private static final String[] PIECES = {
    "SYS", "SYSCALL", "asm", "linkage", ".c", "\"", "sys", "\n", "x", "YSC", "\n\n", " ", "é", "/"
  };

  @Test
  void wordsAreFoundWhereverTheyStand() {
    WordFinder finder = new WordFinder(WORDS);
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 20_000; round++) {
      byte[] text = text(random);
      int length = random.nextInt(text.length + 1);
      String readable = new String(text, 0, length, StandardCharsets.ISO_8859_1);
      int expected = 0;
      for (int i = 0; i < WORDS.length; i++) {
        expected |= readable.contains(WORDS[i]) ? 1 << i : 0;
        int at = new BytePattern(WORDS[i]).indexIn(text, 0, length);
        assertThat(at).isEqualTo(readable.indexOf(WORDS[i]));
      }
      assertThat(finder.in(text, length)).as(readable).isEqualTo(expected);
    }
  }

  @Test
  void newlinesAreCounted() {
    byte[] text = new byte[5000];
    SplittableRandom random = new SplittableRandom(12);
    for (int share : new int[] {1, 2, 40}) {
      for (int i = 0; i < text.length; i++) {
        text[i] = (byte) (random.nextInt(share) == 0 ? '\n' : random.nextInt(256));
      }
      for (int round = 0; round < 500; round++) {
        int from = random.nextInt(text.length);
        int to = from + random.nextInt(text.length - from);
        int expected = 0;
        for (int i = from; i < to; i++) {
          expected += text[i] == '\n' ? 1 : 0;
        }
        assertThat(CText.newlines(text, from, to)).isEqualTo(expected);
      }
    }
  }

  private static byte[] text(SplittableRandom random) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      out.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }
}
