package trapline.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whatever a symbol is called, it gets a name, soon and of bounded length.
@Tag("unit")
class DemanglerFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "I",
          "E",
          "T_",
          "T0_",
          "S_",
          "S0_",
          "S1_",
          "DpT_",
          "Lb1E",
          "Li3E",
          "X",
          "St",
          "Ss",
          "K",
          "FvvE",
          "A3_",
          "M1A",
          "UlvE_",
          "Ut_",
          "N",
          "Z",
          "L_Z",
          "cl",
          "cvT_",
          "sr",
          "dt",
          "fp_",
          "sZ",
          "JE",
          "DT",
          "B3foo",
          "C1",
          "D1",
          "Z1fvE",
          "1bIiE",
          "nw",
          "on",
          "fl",
          "sp",
          "B_",
          "B0_",
          "G_",
          "L_",
          "C1a",
          "Nv",
          "M",
          "p",
          "Kj1_",
          "u3gdu",
          "17h0123456789abcdefE");

  @FuzzTest
  void anyName(byte[] input) {
    ask(new String(input, StandardCharsets.ISO_8859_1));
    ask("_Z" + new String(input, StandardCharsets.ISO_8859_1));
    ask("_RNvC1a1b" + new String(input, StandardCharsets.ISO_8859_1));
  }

  @Test
  void changesByChance() throws IOException {
    List<String> names = DemanglerTest.rows().map(DemanglerTest.Row::symbol).toList();
    Random random = new Random(1);
    for (int round = 0; round < 30_000; round++) {
      StringBuilder name = new StringBuilder(names.get(random.nextInt(names.size())));
      for (int change = random.nextInt(1, 5); change > 0 && name.length() > 3; change--) {
        int at = random.nextInt(2, name.length());
        switch (random.nextInt(3)) {
          case 0 -> name.deleteCharAt(at);
          case 1 -> name.insert(at, PIECES.get(random.nextInt(PIECES.size())));
          default -> {
            String other = names.get(random.nextInt(names.size()));
            name.setLength(at);
            name.append(other.substring(Math.min(2, other.length())));
          }
        }
      }
      ask(name.toString());
    }
  }

  private static void ask(String name) {
    assertThat(Demangler.demangle(name)).hasSizeLessThan(60_000 + name.length());
    assertThat(Demangler.brief(name, "…")).hasSizeLessThan(60_000 + name.length());
  }
}
