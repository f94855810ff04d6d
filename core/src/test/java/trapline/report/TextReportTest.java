package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.Place;
import trapline.model.RunSummary;

/// Compares with checked-in pages. `-Dtrapline.regenerate=true` writes them anew: read them then.
@Tag("unit")
class TextReportTest {
  private static final List<String> AGAIN =
      List.of("socket", "socket", "no-debug-info", "no-debug-info", "i386", "bare", "bare");
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

  /// A run that comes to the same calls and the same gaps again, in each width and with plain
  /// characters.
  @TestFactory
  Stream<DynamicTest> whatWasToldIsReferredTo() {
    return Stream.of(
            Map.entry("again", Style.PLAIN),
            Map.entry("again-80", Style.PLAIN.withWidth(80)),
            Map.entry("again-60-ascii", Style.PLAIN.withWidth(60).withUnicode(false)))
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () -> {
                      Style style = each.getValue();
                      Told told = new Told();
                      StringBuilder run = new StringBuilder();
                      for (String name : AGAIN) {
                        Journey journey = SampleJourneys.all().get(name);
                        run.append(TextReport.render(journey, style, told)).append('\n');
                        told.add(journey);
                      }
                      run.append(
                          TextReport.renderSameLine(SampleJourneys.all().get("socket"), 2, style));
                      assertWithin(style.width(), run.toString());
                      compare(each.getKey() + ".txt", run.toString());
                    }));
  }

  @Test
  void oneLineEachAsCheckedIn() throws IOException {
    StringBuilder page = new StringBuilder();
    for (Style style :
        List.of(
            Style.PLAIN, Style.PLAIN.withWidth(80), Style.PLAIN.withWidth(60).withUnicode(false))) {
      for (Journey journey : SampleJourneys.all().values()) {
        String line = BriefReport.render(journey, style);
        assertWithin(style.width(), line);
        assertThat(line.lines()).hasSize(1);
        page.append(line);
      }
    }
    compare("brief.txt", page.toString());
  }

  @Test
  void summariesAreAsCheckedIn() throws IOException {
    Frame user = ((Hop.SourceLine) SampleJourneys.all().get("socket").hops().getFirst()).frame();
    RunSummary.Site often = new RunSummary.Site("read", user, 12_345);
    RunSummary.Site once = new RunSummary.Site("close", null, 1);
    List<RunSummary> runs =
        List.of(
            new RunSummary("true", 0, "", 0, 0, 0, Map.of(), List.of(), 0),
            new RunSummary("cat", 1, "", 1, 0, 1, Map.of("openat ENOENT", 1L), List.of(once), 0),
            new RunSummary("cp", 0, "", 12_346, 0, 12_346, Map.of(), List.of(often, once), 0),
            new RunSummary(
                "a program with a name",
                0,
                "SIGSEGV",
                12_400,
                54,
                2,
                Map.of(),
                List.of(often, once),
                0),
            new RunSummary(
                "ls",
                255,
                "",
                200,
                50,
                150,
                Map.of(
                    "a E1", 1L, "b E2", 2L, "c E3", 3L, "d E4", 4L, "e E5", 5L, "f E6", 6L, "g E7",
                    7L),
                sites(user),
                1_234));
    StringBuilder page = new StringBuilder();
    for (Style style :
        List.of(
            Style.PLAIN, Style.PLAIN.withWidth(80), Style.PLAIN.withWidth(60).withUnicode(false))) {
      for (RunSummary run : runs) {
        String text = SummaryReport.render(run, style);
        assertWithin(style.width(), text);
        page.append(text);
      }
    }
    compare("summary.txt", page.toString());
  }

  /// Two of them are of one call and line.
  private static List<RunSummary.Site> sites(Frame user) {
    List<RunSummary.Site> sites = new ArrayList<>();
    for (String call : List.of("read", "write", "read", "close", "brk", "mmap", "poll", "dup")) {
      sites.add(new RunSummary.Site(call, user, 2));
    }
    return sites;
  }

  /// Shown again, a journey keeps its own facts: all but the kernel's part and the notes.
  @Test
  void whatIsTheCallsOwnIsShownAgain() {
    Random random = new Random(2_611);
    for (int i = 0; i < 500; i++) {
      Journey journey = RandomJourneys.next(random);
      Style style = Style.PLAIN.withUnicode(random.nextBoolean());
      Told told = new Told();
      String first = TextReport.render(journey, style, told);
      told.add(journey);
      String second = TextReport.render(journey, style, told);

      assertWithin(style.width(), second);
      String coloured = TextReport.render(journey, style.withColour(true), told);
      assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(second);
      assertThat(TextReport.render(journey, style.withEverything(true), told))
          .isEqualTo(TextReport.render(journey, style.withEverything(true)));
      assertThat(first).isEqualTo(TextReport.render(journey, style));
      assertThat(second.lines().count()).isLessThan(first.lines().count());
      assertThat(second.lines().findFirst()).isEqualTo(first.lines().findFirst());
      for (Hop hop : journey.hops()) {
        if (hop instanceof Hop.SyscallInstruction trap) {
          assertThat(rows(second, "trap").size() + (second.contains("LIBRARY     trap") ? 1 : 0))
              .isEqualTo(1);
        } else if (hop instanceof Hop.Return) {
          assertThat(rows(second, "BACK        rax = "))
              .hasSameSizeAs(rows(first, "BACK        rax = "));
        }
      }
    }
  }

  /// Each word of a whole page stands on the shorter one, or on one before it.
  @Test
  void nothingIsLost() {
    for (Style style : List.of(wide(true), wide(false))) {
      Told told = new Told();
      Set<String> said = new HashSet<>(Set.of("YOUR"));
      for (int round = 0; round < 2; round++) {
        for (Map.Entry<String, Journey> each : SampleJourneys.all().entrySet()) {
          Journey journey = each.getValue();
          said.addAll(words(TextReport.render(journey, style, told)));
          Set<String> lost = words(TextReport.render(journey, style));
          lost.removeAll(said);
          assertThat(lost).as(each.getKey()).isEmpty();
          told.add(journey);
        }
      }
    }
  }

  private static Style wide(boolean unicode) {
    return Style.PLAIN.withWidth(Style.MAX_WIDTH).withUnicode(unicode);
  }

  private static Set<String> words(String page) {
    Set<String> words = new HashSet<>();
    for (String word : page.split("\\s+")) {
      // A file that was named before is named without its directories.
      String bare = word.replaceAll("^[<(]+|[>),;:.]+$", "").replaceAll("^.*/(?=\\w+[.])", "");
      if (bare.matches(".*\\w.*")) {
        words.add(bare);
      }
    }
    return words;
  }

  private static List<String> rows(String page, String label) {
    return page.lines().filter(line -> line.startsWith(label, 4)).toList();
  }

  /// Another ABI, other facts or another kernel are no repetition.
  @Test
  void onlyTheSameKernelPartIsReferredTo() {
    Told told = new Told();
    Journey socket = SampleJourneys.all().get("socket");
    told.add(socket);
    for (Map.Entry<String, Journey> each : SampleJourneys.all().entrySet()) {
      Journey journey = each.getValue();
      boolean same =
          journey.kernel().equals(socket.kernel())
              && kernelPart(journey).equals(kernelPart(socket));
      assertThat(TextReport.render(journey, Style.PLAIN, told).contains("__x64_sys_socket (above)"))
          .as(each.getKey())
          .isEqualTo(same);
    }
  }

  private static List<Hop> kernelPart(Journey journey) {
    return journey.hops().stream()
        .filter(
            hop ->
                switch (hop.kind()) {
                  case KERNEL_ENTRY, TABLE_ROW, DECLARATION, IMPLEMENTATION -> true;
                  default -> false;
                })
        .toList();
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
      assertWithin(width, BriefReport.render(journey, style));
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
