package trapline.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import trapline.follow.JourneySink;
import trapline.model.Journey;
import trapline.model.RunSummary;
import trapline.report.BriefReport;
import trapline.report.Style;
import trapline.report.SummaryReport;
import trapline.report.TextReport;
import trapline.report.Told;

/// Prints journeys for people.
final class TextSink implements JourneySink {
  private final Output out;
  private final Style style;
  private final boolean brief;
  private final BooleanSupplier openLine;
  private final Told told = new Told();
  private final SeenLines lines = new SeenLines();
  private boolean explained;
  private boolean afterRoad = true;
  private final Map<String, Integer> startup = new LinkedHashMap<>();

  /// @param openLine whether the program has left a line open where the output goes, which is then
  ///     ended before a journey begins
  /// @param brief whether each journey is one line
  TextSink(Output out, Style style, boolean brief, BooleanSupplier openLine) {
    this.out = out;
    this.style = style;
    this.brief = brief;
    this.openLine = openLine;
  }

  @Override
  public boolean wantsWholeJourneys() {
    return false;
  }

  @Override
  public void journey(Journey journey) {
    started();
    begin();
    if (brief) {
      print(BriefReport.render(journey, style));
      afterRoad = false;
      return;
    }
    long times = style.everything() ? 1 : lines.count(journey);
    if (times > 1) {
      print(TextReport.renderSameLine(journey, times, style));
      afterRoad = false;
      return;
    }
    print((afterRoad ? "" : "\n") + TextReport.render(journey, style, told));
    told.add(journey);
    if (!explained) {
      explained = true;
      print(TextReport.renderLegend(style) + "\n");
    }
    afterRoad = true;
  }

  @Override
  public void repeat(Journey journey) {
    begin();
    print(brief ? BriefReport.render(journey, style) : TextReport.renderRepeat(journey, style));
    afterRoad = false;
  }

  @Override
  public boolean wantsOnlyLines() {
    return brief;
  }

  @Override
  public void ended(RunSummary run) {
    begin();
    print((afterRoad ? "" : "\n") + SummaryReport.render(run, style));
  }

  @Override
  public boolean countsStartup() {
    return true;
  }

  @Override
  public void startup(Journey journey) {
    startupCall(journey.name());
  }

  @Override
  public void startupCall(String name) {
    startup.merge(name, 1, Integer::sum);
  }

  @Override
  public void rehearse(Journey journey) {
    TextReport.render(journey, style);
  }

  @Override
  public void onlyAtStartup(Journey journey) {
    journey(journey);
  }

  /// One line for what the dynamic linker and the C library did, once the program itself has begun.
  @Override
  public void started() {
    if (startup.isEmpty()) {
      return;
    }
    begin();
    StringBuilder line = new StringBuilder();
    int count = 0;
    for (Map.Entry<String, Integer> each : startup.entrySet()) {
      count += each.getValue();
      line.append(line.isEmpty() ? "" : ", ").append(each.getKey());
      if (each.getValue() > 1) {
        line.append(style.unicode() ? " ×" : " x").append(each.getValue());
      }
    }
    startup.clear();
    String head = count + (count == 1 ? " call" : " calls") + " before the program's own code: ";
    print(TextReport.renderNote(head + line + " (--startup)", style));
    print("\n");
  }

  private void begin() {
    if (openLine.getAsBoolean()) {
      print("\n");
    }
  }

  private void print(String text) {
    out.rendered(text);
    out.deliver();
  }
}
