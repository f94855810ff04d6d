package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import trapline.model.Explanation;
import trapline.model.Journey;

/// Explanations of failed calls, and the tree of kernel functions, compared with checked-in pages.
/// `-Dtrapline.regenerate=true` writes them anew: read them then.
@Tag("unit")
class WhyReportTest {
  @TestFactory
  Stream<DynamicTest> pagesAreAsCheckedIn() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, Explanation> sample : SampleExplanations.all().entrySet()) {
      String name = "why-" + sample.getKey();
      tests.add(page(name, sample.getValue(), Style.PLAIN));
      if (name.equals("why-function")) {
        tests.add(
            page(
                name + "-60-ascii",
                sample.getValue(),
                Style.PLAIN.withWidth(60).withUnicode(false)));
        tests.add(page(name + "-colour", sample.getValue(), Style.PLAIN.withColour(true)));
      }
    }
    return tests.stream();
  }

  private static DynamicTest page(String name, Explanation explanation, Style style) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          String page = WhyReport.render(List.of(explanation), style);
          TextReportTest.assertWithin(style.width(), page);
          TextReportTest.compare(name + ".txt", page);
        });
  }

  @Test
  void kindsAreAsCheckedIn() throws IOException {
    String page = WhyReport.render(SampleExplanations.kinds(), Style.PLAIN);
    TextReportTest.compare("why-kinds.txt", page);
  }

  /// A road is shown once; what calls in a row have in common stands behind the last.
  @Test
  void aListIsAsCheckedIn() throws IOException {
    Explanation function = SampleExplanations.function();
    List<Explanation> list =
        List.of(function, function, SampleExplanations.kinds().getFirst(), function);
    TextReportTest.compare("why-list.txt", WhyReport.render(list, Style.PLAIN));
  }

  @Test
  void everyWidthAndColour() {
    List<Explanation> all = new ArrayList<>(SampleExplanations.all().values());
    all.addAll(SampleExplanations.kinds());
    for (Explanation explanation : all) {
      for (int width = Style.MIN_WIDTH; width <= Style.MAX_WIDTH; width += 7) {
        Style style = Style.PLAIN.withWidth(width);
        String page = WhyReport.render(List.of(explanation), style);
        TextReportTest.assertWithin(width, page);
        String coloured = WhyReport.render(List.of(explanation), style.withColour(true));
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(page);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> kernelFunctionsAreAsCheckedIn() {
    Journey journey = SampleExplanations.socketWithKernel();
    return Map.of(
            "ran", Style.PLAIN,
            "ran-full", Style.PLAIN.withEverything(true),
            "ran-60-ascii", Style.PLAIN.withWidth(60).withUnicode(false))
        .entrySet()
        .stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () -> {
                      String page = TextReport.render(journey, each.getValue());
                      TextReportTest.assertWithin(each.getValue().width(), page);
                      TextReportTest.compare(each.getKey() + ".txt", page);
                    }));
  }
}
