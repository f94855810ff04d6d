package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Spaces that belong to a string are all there, in one line and in several.
@Tag("unit")
class PhraseTest {
  private static List<String> lines(Phrase phrase, int first, int rest) {
    return phrase.wrap(first, rest).stream().map(PhraseTest::text).toList();
  }

  private static String text(Phrase line) {
    Page page = Page.ofFacts(Style.PLAIN.withWidth(400), 0);
    line.write(page);
    page.newline();
    return page.toString().stripTrailing();
  }

  @Test
  void severalSpacesOfASourceLineAreKept() {
    Phrase line = new Phrase().words("puts(\"a   b  c\");  // done", Tone.PLAIN);
    assertThat(lines(line, 100, 100)).containsExactly("puts(\"a   b  c\");  // done");
    assertThat(line.width()).isEqualTo(26);
  }

  @Test
  void whatStandsInFrontOfAPhraseIsNoPartOfIt() {
    Phrase line = Phrase.of("=").words("  a  b ", Tone.PLAIN);
    assertThat(lines(line, 100, 100)).containsExactly("= a  b");
  }

  @Test
  void theSpacesOfAStringBeginTheNextLine() {
    Phrase call = Phrase.of("write").glue("(buf: \"one two  three\", 14)");
    assertThat(String.join("|", lines(call, 22, 22)))
        .isEqualTo("write(buf: \"one two|  three\", 14)");
    assertThat(String.join("|", lines(call, 18, 18))).contains("\"one| two");
  }

  @Test
  void theSpaceBehindAnArgumentIsNotShownTwice() {
    Phrase call = Phrase.of("{first=1234567, second=1234567}");
    assertThat(lines(call, 18, 18)).containsExactly("{first=1234567,", "second=1234567}");
  }

  @Test
  void noSpaceOfAStringIsLost() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      StringBuilder text = new StringBuilder("\"");
      for (int i = random.nextInt(1, 40); i > 0; i--) {
        text.append((char) ('a' + random.nextInt(26)));
        text.repeat(' ', random.nextInt(4));
      }
      String string = text.append("x\"").toString();
      int room = random.nextInt(8, 60);
      assertThat(String.join("", lines(Phrase.of(string), room, room))).isEqualTo(string);
      Phrase words = new Phrase().words(string, Tone.PLAIN);
      assertThat(lines(words, 1000, 1000)).containsExactly(string);
    }
  }
}
