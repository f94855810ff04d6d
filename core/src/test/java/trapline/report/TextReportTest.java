package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.Place;

/// Compares with checked-in pages. `-Dtrapline.regenerate=true` writes them anew: read them then.
class TextReportTest {
  private static final Path RESOURCES = Path.of("src/test/resources/trapline/report");

  @TestFactory
  Stream<DynamicTest> pagesAreAsCheckedIn() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, Journey> sample : SampleJourneys.all().entrySet()) {
      String name = sample.getKey();
      Journey journey = sample.getValue();
      tests.add(page(name, journey, Style.PLAIN));
      if (name.equals("bind-failed")) {
        tests.add(page(name + "-below", journey, Style.PLAIN.withDirectory("/home/ada/net")));
      }
      if (name.equals("socket") || name.equals("bind-failed") || name.equals("printf-write")) {
        tests.add(page(name + "-60", journey, Style.PLAIN.withWidth(60)));
        tests.add(page(name + "-140", journey, Style.PLAIN.withWidth(140)));
        tests.add(page(name + "-ascii", journey, Style.PLAIN.withUnicode(false)));
        tests.add(page(name + "-colour", journey, Style.PLAIN.withColour(true)));
      }
    }
    return tests.stream();
  }

  private static DynamicTest page(String name, Journey journey, Style style) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          String page = TextReport.render(journey, style);
          assertWithin(style.width(), page);
          compare(name + ".txt", page);
        });
  }

  /// A path is made relative before it is cut, wherever it stands.
  @Test
  void longPathsBelowTheDirectoryAreRelative() {
    String folder = "/home/ada/a/folder/with/a/name/that/does/not/fit/beside/the/source/of/a/line";
    Journey sample = SampleJourneys.all().get("unreadable");
    Hop.SourceLine without = (Hop.SourceLine) sample.hops().getFirst();
    List<Frame> stack = new ArrayList<>(without.stack());
    Frame main = stack.get(1);
    stack.set(1, at(main, folder + "/app/open.c"));
    List<Hop> hops = new ArrayList<>(sample.hops());
    hops.set(
        0, new Hop.SourceLine(without.evidence(), 1, "int f = open64(\"x\", 0);", "", stack, ""));
    Journey journey = sample.withHops(hops);
    Style style = Style.PLAIN.withDirectory(folder);

    assertThat(TextReport.render(journey, style)).contains("  app/open.c:8  main  d\n");
    assertThat(TextReport.renderRepeat(journey, style)).contains("  app/open.c:8  main");
    assertThat(TextReport.render(journey, Style.PLAIN))
        .contains("  /home/…/source/of/a/line/app/open.c:8  main  d\n");
  }

  private static Frame at(Frame frame, String file) {
    return new Frame(
        frame.pc(),
        frame.function(),
        new Place(file, 8),
        frame.module(),
        frame.moduleOffset(),
        frame.functionOffset(),
        frame.inlined(),
        frame.signal(),
        false,
        frame.evidence());
  }

  @Test
  void repeatsAndLegendAreAsCheckedIn() throws IOException {
    StringBuilder page = new StringBuilder();
    for (int width : new int[] {60, 100, 140}) {
      Style style = Style.PLAIN.withWidth(width);
      for (Journey journey : SampleJourneys.all().values()) {
        String line = TextReport.renderRepeat(journey, style);
        assertWithin(width, line);
        page.append(line);
      }
      String legend = TextReport.renderLegend(style);
      assertWithin(width, legend);
      page.append(legend);
    }
    compare("repeats.txt", page.toString());
  }

  @Test
  void randomJourneysStayWithinTheWidth() {
    Random random = new Random(1_716);
    for (int i = 0; i < 1500; i++) {
      Journey journey = RandomJourneys.next(random);
      int width = random.nextInt(Style.MIN_WIDTH, Style.MAX_WIDTH + 1);
      Style style = Style.PLAIN.withWidth(width).withUnicode(random.nextBoolean());
      String page = TextReport.render(journey, style);
      assertWithin(width, page);
      assertWithin(width, TextReport.renderRepeat(journey, style));
      // Colour changes nothing but the escape sequences.
      String coloured = TextReport.render(journey, style.withColour(true));
      assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(page);
    }
  }

  static void compare(String file, String actual) throws IOException {
    if (Boolean.getBoolean("trapline.regenerate")) {
      Files.createDirectories(RESOURCES);
      Files.writeString(RESOURCES.resolve(file), actual);
      return;
    }
    try (InputStream in = TextReportTest.class.getResourceAsStream("/trapline/report/" + file)) {
      assertThat(in).as("%s: run with -Dtrapline.regenerate=true and read it", file).isNotNull();
      assertThat(actual).isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  static void assertWithin(int width, String page) {
    assertThat(page).endsWith("\n");
    String plain = page.replaceAll("\u001b\\[[0-9;]*m", "");
    for (String line : plain.split("\n")) {
      assertThat(Display.width(line)).as(line).isLessThanOrEqualTo(width);
      assertThat(line).doesNotEndWith(" ");
      assertThat(line.chars().filter(c -> c < ' ' || (c >= 0x7f && c < 0xa0)).count())
          .as(line)
          .isZero();
    }
  }
}
