package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Command;
import trapline.testing.Programs;

@Tag("host")
class DisplayTest {
  /// Prints the width of every code point that this libc knows: first, last, width of each run.
  private static final String WIDTHS =
      """
      #define _XOPEN_SOURCE 700
      #include <locale.h>
      #include <stdio.h>
      #include <wchar.h>
      int main(void) {
        if (!setlocale(LC_ALL, "C.UTF-8")) return 1;
        int start = 0, width = wcwidth(0);
        for (int c = 1; c <= 0x110000; c++) {
          int w = c == 0x110000 ? -2 : wcwidth((wchar_t)c);
          if (w != width) { printf("%x %x %d\\n", start, c - 1, width); start = c; width = w; }
        }
        return 0;
      }
      """;

  @Test
  void widthsAreThoseOfTheLibc(@TempDir Path folder) {
    Path program = Programs.compile(folder, "widths", WIDTHS);
    int compared = 0;
    Map<Integer, String> differences = new TreeMap<>();
    for (String run : Command.run(program.toString()).orFail().split("\n")) {
      String[] fields = run.split(" ");
      int last = Integer.parseInt(fields[1], 16);
      int expected = Integer.parseInt(fields[2]);
      for (int c = Integer.parseInt(fields[0], 16); c <= last; c++) {
        // -1: the libc does not print it. What this class escapes has no width of its own.
        if (expected < 0 || !Display.clean(Character.toString(c)).equals(Character.toString(c))) {
          continue;
        }
        compared++;
        // Wide since Unicode 16, and a vowel sign of Ahom that takes room since then.
        boolean newer = (c >= 0x1d300 && c <= 0x1d376) || c == 0x1171e;
        if (newer ? Display.width(c) < expected : Display.width(c) != expected) {
          differences.put(c, Integer.toHexString(c) + " " + expected + " " + Display.width(c));
        }
      }
    }
    assertThat(compared).isGreaterThan(200_000);
    assertThat(differences.values()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "日本語🎉é, 日本語🎉é",
    "'a\u001b[31mb', a\\x1b[31mb",
    "'a\u009bb', a\\x9bb",
    "'a\u007fb', a\\x7fb",
    "'a\u202eb', a\\u{202e}b",
    "'a\u2028b', a\\u{2028}b",
    "'a\u200bb', a\\u{200b}b",
  })
  void whatATerminalWouldActOnIsEscaped(String text, String expected) {
    assertThat(Display.clean(text)).isEqualTo(expected);
  }

  @Test
  void noControlCharacterPasses() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String clean = Display.clean(Character.toString(c));
      clean
          .codePoints()
          .forEach(
              shown ->
                  assertThat(Character.getType(shown))
                      .isNotIn(
                          (int) Character.CONTROL,
                          (int) Character.FORMAT,
                          (int) Character.SURROGATE,
                          (int) Character.LINE_SEPARATOR,
                          (int) Character.PARAGRAPH_SEPARATOR));
    }
  }

  @Test
  void endlessFactsAreCut() {
    assertThat(Display.clean("x".repeat(100_000)))
        .hasSizeLessThan(5000)
        .endsWith("xxx... (96000 more characters)");
  }

  @Test
  void aPathLosesItsMiddle() {
    String path = "/home/ada/work/project/src/net/connection.c:120";
    assertThat(Display.cutPath(path, 60, "…")).isEqualTo(path);
    assertThat(Display.cutPath(path, 40, "…"))
        .isEqualTo("/home/…/project/src/net/connection.c:120");
    assertThat(Display.cutPath(path, 28, "…")).isEqualTo("/home/…/net/connection.c:120");
    assertThat(Display.cutPath(path, 20, "…")).isEqualTo("connection.c:120");
    assertThat(Display.cutPath(path, 10, "…")).hasSize(10).startsWith("con").endsWith(":120");
  }

  @Test
  void wrappedPhrasesLoseNothing() {
    List<String> words = new ArrayList<>();
    Phrase phrase = new Phrase();
    for (int i = 0; i < 60; i++) {
      String word = "日本".repeat(i % 4) + "w" + i + "x".repeat(i);
      words.add(word);
      phrase.word(word);
    }
    Page page = new Page(Style.PLAIN.withWidth(60));
    page.paragraph(0, 0, phrase);
    assertThat(page.toString().replaceAll("\\s", "")).isEqualTo(String.join("", words));
  }
}
