package trapline.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class DemanglerTest {
  record Row(String symbol, String full, String brief) {}

  static Stream<Row> rows() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(DemanglerTest.class.getResourceAsStream("names.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(fields -> new Row(fields[0], fields[1], fields[2]));
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void saysWhatCxxfiltSays(Row row) {
    assertThat(Demangler.demangle(row.symbol())).isEqualTo(row.full());
  }

  static Stream<Row> shortRows() throws IOException {
    return rows().filter(row -> row.brief().length() <= 40);
  }

  @ParameterizedTest
  @MethodSource("shortRows")
  void briefNamesAreThoseWithoutVerboseParts(Row row) {
    assertThat(Demangler.brief(row.symbol(), "…")).isEqualTo(row.brief());
  }

  @Test
  void longTemplateArgumentsAreFolded() {
    // A map of strings to vectors, its comparison and its allocator.
    String symbol = "_ZNSt3mapISsSt6vectorIiSaIiEESt4lessISsESaISt4pairIKSsS1_EEE4findERKSs";
    assertThat(Demangler.brief(symbol, "…")).isEqualTo("std::map<…>::find(std::string const&)");
    assertThat(Demangler.brief(symbol, "...")).startsWith("std::map<...>::find(");
    assertThat(Demangler.demangle(symbol)).contains("std::less<").contains("std::pair<");
  }

  @Test
  void shortTemplateArgumentsStay() {
    assertThat(Demangler.brief("_ZNSt6vectorIiSaIiEE9push_backERKi", "…"))
        .isEqualTo("std::vector<int, std::allocator<int> >::push_back(int const&)");
  }

  @Test
  void anOperatorIsNoListOfArguments() {
    assertThat(Demangler.brief("_ZN4Long4name5ScopelsEONS_20AnotherLongNameOfAClE", "…"))
        .isEqualTo("Long::name::Scope::operator<<(Long::AnotherLongNameOfACl&&)");
  }

  @Test
  void rustArgumentsAreFoldedToo() {
    String type = "NtNtNtC5crate5outer6middle9inner_two";
    assertThat(Demangler.brief("_RINvC5crate4call" + type + type + "E", "…"))
        .isEqualTo("crate::call::<…>");
  }

  @Test
  void numbersOfMoreThan64BitsAreWhole() {
    // c++filt 2.40 loses their first digit.
    assertThat(Demangler.demangle("_RINvC1a1bKo1479b5cd6f30478a00_E"))
        .isEqualTo("a[0]::b::<0x1479b5cd6f30478a00: u128>");
  }

  @Test
  void substitutionsThatDoubleEachOtherEndSoon() {
    StringBuilder symbol = new StringBuilder("_Z1fI1AIiE");
    // Each is a template of the one before, twice.
    for (int i = 0; i < 60; i++) {
      String before = i == 0 ? "S1_" : "S" + base36(i + 1) + "_";
      symbol.append("1BI").append(before).append(before).append('E');
    }
    symbol.append("Evv");
    assertThat(Demangler.demangle(symbol.toString())).hasSizeLessThan(60_000);
  }

  private static String base36(int number) {
    return Integer.toString(number, 36).toUpperCase(java.util.Locale.ROOT);
  }

  @Test
  void emptyPacksThatMultiplyEndSoon() {
    StringBuilder pattern = new StringBuilder("T_");
    for (int i = 0; i < 300; i++) {
      pattern.insert(0, "Dp");
    }
    String symbol = "_Z1fIJ" + "i".repeat(1000) + "EEv" + pattern;
    assertThat(Demangler.demangle(symbol)).hasSizeLessThan(60_000);
  }

  @Test
  void backReferencesThatDoubleEachOtherEndSoon() {
    StringBuilder symbol = new StringBuilder("_RINvC1a1bTllE");
    int at = symbol.length() - 2 - 4;
    for (int i = 0; i < 60; i++) {
      int next = symbol.length() - 2;
      String reference = "B" + base62(at) + "_";
      symbol.append('T').append(reference).append(reference).append('E');
      at = next;
    }
    symbol.append('E');
    assertThat(Demangler.demangle(symbol.toString())).hasSizeLessThan(60_000);
  }

  private static String base62(int number) {
    if (number == 0) {
      return "";
    }
    StringBuilder digits = new StringBuilder();
    for (int left = number - 1; digits.isEmpty() || left > 0; left /= 62) {
      int digit = left % 62;
      digits.insert(
          0, (char) (digit < 10 ? '0' + digit : digit < 36 ? 'a' + digit - 10 : 'A' + digit - 36));
    }
    return digits.toString();
  }

  @Test
  void depthIsBounded() {
    for (String part : new String[] {"P", "N", "1AI", "Z1f", "XadL_Z", "F", "DTcl", "cv", "M"}) {
      String symbol = "_Z1f" + part.repeat(5000);
      assertThat(Demangler.demangle(symbol)).as(part).isEqualTo(symbol);
    }
    String rust = "_RINvC1a1b" + "R".repeat(10_000) + "lE";
    assertThat(Demangler.demangle(rust)).isEqualTo(rust);
  }

  /// None of these may cost the stack, whatever becomes of them.
  @Test
  void manyQualifiersAreReadWithoutRecursion() {
    List<String> bombs = new ArrayList<>();
    for (String qualifier : new String[] {"K", "V", "r", "KVr"}) {
      String many = qualifier.repeat(19_000 / qualifier.length());
      bombs.add("_ZN" + many + "1fIiEEv");
      bombs.add("_ZN" + many + "1fE");
      bombs.add("_ZZ1gvEN" + many + "1fIiEEv");
      bombs.add("_Z1f" + many + "i");
      bombs.add("_Z1fM1A" + many + "FvvE");
    }
    bombs.add("_Z1f" + "Do".repeat(9000) + "FvvE");
    bombs.add("_Z1f" + "B1a".repeat(6000) + "v");
    bombs.add("_ZW1a" + "WP1a".repeat(4000) + "1fv");
    bombs.add("_ZN" + "1a".repeat(9000) + "Ev");
    bombs.add("_ZN1fI" + "iEEv" + ".a".repeat(9000));
    bombs.add("_GLOBAL__I_".repeat(1800) + "f");
    for (String bomb : bombs) {
      assertThat(bomb).hasSizeLessThan(20_000);
      assertThat(Demangler.demangle(bomb)).as(bomb.substring(0, 20)).isNotEmpty();
      assertThat(Demangler.brief(bomb, "…")).as(bomb.substring(0, 20)).isNotEmpty();
    }
  }

  /// Debug information writes template arguments out.
  @Test
  void writtenNamesAreFoldedToo() {
    assertThat(
            Demangler.folded(
                "Box<std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char>"
                    + " > >::save",
                "…"))
        .isEqualTo("Box<std::string >::save");
    assertThat(
            Demangler.folded(
                "std::map<int, std::vector<std::pair<long, long>, Allocator<std::pair<long,"
                    + " long>>>, Less<int>>::find",
                "…"))
        .isEqualTo("std::map<int, std::vector<…>, Less<int>>::find");
    assertThat(Demangler.folded("ns::operator<<", "…")).isEqualTo("ns::operator<<");
    assertThat(Demangler.folded("a_function_of_more_than_forty_characters_operator<", "…"))
        .isEqualTo("a_function_of_more_than_forty_characters_operator<");
    String arrow = "Pointer<AVeryLongTypeOfMoreThanFortyCharactersInAll>::operator->";
    assertThat(Demangler.folded(arrow, "…")).isEqualTo("Pointer<…>::operator->");
    assertThat(Demangler.folded("<signal handler called>", "…"))
        .isEqualTo("<signal handler called>");
    assertThat(Demangler.folded("broken>>name<<of<more<than<forty<characters<anyway", "…"))
        .startsWith("broken>>name");
  }
}
