package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import trapline.kernel.AbiNumber;
import trapline.kernel.IndexDifference;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.SyscallChange;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallHistory;
import trapline.kernel.SyscallRow;
import trapline.kernel.SyscallState;
import trapline.model.Abi;

/// Pages, tables and JSON of calls. `-Dtrapline.regenerate=true` writes the pages anew: read them
/// then.
@Tag("unit")
class SyscallReportTest {
  private static final KernelIndexSet SET = KernelIndexSet.embedded();

  @TestFactory
  Stream<DynamicTest> pagesAreAsCheckedIn() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, SyscallAnswer> sample : SampleAnswers.all().entrySet()) {
      SyscallAnswer answer = sample.getValue();
      tests.add(page(sample.getKey(), answer, Style.PLAIN));
      tests.add(
          page(
              sample.getKey() + "-60-ascii", answer, Style.PLAIN.withWidth(60).withUnicode(false)));
    }
    tests.add(
        page(
            "syscall-socket-colour",
            SampleAnswers.all().get("syscall-socket"),
            Style.PLAIN.withColour(true)));
    return tests.stream();
  }

  private static DynamicTest page(String name, SyscallAnswer answer, Style style) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          String page = SyscallReport.render(answer, style);
          TextReportTest.assertWithin(style.width(), page);
          if (!style.unicode()) {
            assertThat(page).isASCII();
          }
          TextReportTest.compare(name + ".txt", page);
        });
  }

  @Test
  void samplesHaveEveryState() {
    Set<SyscallState> states = EnumSet.noneOf(SyscallState.class);
    SampleAnswers.all().values().forEach(answer -> states.add(answer.facts().state()));
    assertThat(states).containsExactlyInAnyOrder(SyscallState.values());
  }

  private interface EachCall {
    void take(KernelIndex index, Abi abi, SyscallRow row);
  }

  private static void forEachCall(EachCall each) {
    for (int i = 0; i < SET.versions().size(); i++) {
      for (Abi abi : SET.index(i).abis()) {
        for (SyscallRow row : SET.index(i).rows(abi)) {
          each.take(SET.index(i), abi, row);
        }
      }
    }
  }

  private static SyscallAnswer answer(KernelIndex index, Abi abi, SyscallRow row) {
    return new SyscallAnswer(
        index.facts(abi, row),
        index.version(),
        "embedded index",
        "facts from it",
        index.abis().stream().map(each -> new AbiNumber(each, Optional.of(row.number()))).toList(),
        new SyscallHistory(List.of()),
        "",
        Optional.empty());
  }

  /// Every call of every ABI in every version, at the width of a page; of the newest version at the
  /// narrowest, too.
  @Test
  void noPageIsWiderThanItMayBe() {
    Style narrow = Style.PLAIN.withWidth(Style.MIN_WIDTH);
    KernelIndex newest = SET.index(SET.versions().size() - 1);
    forEachCall(
        (index, abi, row) -> {
          SyscallAnswer answer = answer(index, abi, row);
          TextReportTest.assertWithin(100, SyscallReport.render(answer, Style.PLAIN));
          if (index == newest) {
            TextReportTest.assertWithin(narrow.width(), SyscallReport.render(answer, narrow));
          }
        });
  }

  @Test
  void tablesAreAlignedWithinTheWidth() {
    for (int i = 0; i < SET.versions().size(); i += SET.versions().size() - 1) {
      KernelIndex index = SET.index(i);
      for (Abi abi : index.abis()) {
        List<SyscallFacts> calls =
            index.rows(abi).stream().map(row -> index.facts(abi, row)).toList();
        for (int width : new int[] {60, 100, 131}) {
          Style style = Style.PLAIN.withWidth(width);
          String table =
              SyscallListing.render(TableFormat.TABLE, abi, index.version(), calls, style);
          TextReportTest.assertWithin(width, table);
          List<String> lines = table.lines().toList();
          int column = lines.getFirst().indexOf("call");
          for (int row = 0; row < calls.size(); row++) {
            String name = calls.get(row).row().name();
            String shown = lines.get(row + 1).substring(column);
            assertThat(shown.startsWith(name.substring(0, Math.min(4, name.length())))).isTrue();
          }
        }
      }
    }
  }

  /// What a reader of the format gets back is what was written.
  @Test
  void fieldsComeBackFromEveryFormat() {
    List<String> header = List.of("a", "b", "c");
    List<List<String>> rows =
        List.of(
            List.of("plain", "with, comma", "with \"quotes\""),
            List.of("", "pipe | and \\ back", "int __user *p"),
            List.of("two\nlines", "a || b", " spaces "));
    assertThat(csv(TableFormat.CSV.write(header, rows))).isEqualTo(with(header, rows));
    List<List<String>> cleaned =
        rows.stream().map(row -> row.stream().map(Display::clean).toList()).toList();
    assertThat(tsv(TableFormat.TSV.write(header, rows))).isEqualTo(with(header, cleaned));
    List<String> lines = TableFormat.MARKDOWN.write(header, rows).lines().toList();
    assertThat(lines.get(1)).isEqualTo("| --- | --- | --- |");
    assertThat(markdown(lines.get(3))).isEqualTo(cleaned.get(1));
    assertThat(markdown(lines.get(2))).isEqualTo(cleaned.get(0));
  }

  private static List<List<String>> with(List<String> header, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>(List.of(header));
    all.addAll(rows);
    return all;
  }

  private static List<List<String>> tsv(String text) {
    return text.lines().map(line -> List.of(line.split("\t", -1))).toList();
  }

  /// RFC 4180, section 2.
  private static List<List<String>> csv(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\r')) {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\r') {
          rows.add(row);
          row = new ArrayList<>();
          i++;
        }
      } else {
        field.append(c);
      }
    }
    assertThat(row).isEmpty();
    return rows;
  }

  private static List<String> markdown(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        field.append(line.charAt(++i));
      } else if (c == '|') {
        fields.add(field.substring(1, field.length() - 1));
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    return fields;
  }

  private static Schema schema(String heading) throws IOException {
    String page = Files.readString(Path.of("../docs/FORMATS.md"));
    String fence = "```json\n";
    int section = page.indexOf(heading);
    assertThat(section).isPositive();
    int start = page.indexOf(fence, section) + fence.length();
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(page.substring(start, page.indexOf("\n```", start)));
  }

  private static void assertValid(Schema schema, String json) {
    assertThat(json).endsWith("}\n").isASCII();
    assertThat(json.indexOf('\n')).isEqualTo(json.length() - 1);
    assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
    String other = json.replace("\"trapline\":" + JsonReport.FORMAT, "\"trapline\":9");
    assertThat(schema.validate(other, InputFormat.JSON)).isNotEmpty();
  }

  @Test
  void callsAreAsThePublishedSchemaSays() throws IOException {
    Schema schema = schema("### JSON Schema of a call");
    SampleAnswers.all().values().forEach(answer -> assertValid(schema, SyscallJson.render(answer)));
    KernelIndex index = SET.index(0);
    for (Abi abi : index.abis()) {
      for (SyscallRow row : index.rows(abi)) {
        assertValid(schema, SyscallJson.render(index.facts(abi, row), index.version()));
      }
    }
  }

  @Test
  void changesAreAsThePublishedSchemaSays() throws IOException {
    Schema schema = schema("### JSON Schema of a change");
    KernelIndex before = SET.index(0);
    KernelIndex after = SET.index(SET.versions().size() - 1);
    Abi abi = before.abis().getFirst();
    List<SyscallChange> changes = IndexDifference.between(before, after, abi);
    assertThat(changes).isNotEmpty();
    for (SyscallChange change : changes) {
      assertValid(schema, SyscallJson.render(change, before.version(), after.version()));
    }
  }

  @Test
  void differencesStayWithinTheWidth() {
    for (int i = 1; i < SET.versions().size(); i++) {
      for (Abi abi : SET.index(i).abis()) {
        KernelIndex before = SET.index(0);
        KernelIndex after = SET.index(i);
        if (!before.abis().contains(abi)) {
          continue;
        }
        DifferenceReport report =
            new DifferenceReport(
                abi,
                before.version(),
                after.version(),
                IndexDifference.between(before, after, abi));
        for (int width : new int[] {60, 100, 160}) {
          TextReportTest.assertWithin(
              width, report.render(TableFormat.TABLE, Style.PLAIN.withWidth(width)));
        }
        assertThat(tsv(report.render(TableFormat.TSV, Style.PLAIN)))
            .hasSize(report.changes().size() + 1)
            .allMatch(row -> row.size() == 6);
      }
    }
  }
}
