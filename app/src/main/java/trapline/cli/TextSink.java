package trapline.cli;

import java.io.PrintStream;
import trapline.follow.JourneySink;
import trapline.model.Journey;
import trapline.report.Style;
import trapline.report.TextReport;

/// Prints journeys for people.
final class TextSink implements JourneySink {
  private final PrintStream out;
  private final Style style;
  private final boolean shared;
  private boolean lineOpen;
  private boolean explained;
  private boolean afterRoad = true;
  private boolean loading;

  /// @param shared whether the program writes to the same place, so that its unfinished line is
  ///     ended before a journey begins
  TextSink(PrintStream out, Style style, boolean shared) {
    this.out = out;
    this.style = style;
    this.shared = shared;
  }

  @Override
  public void journey(Journey journey) {
    begin();
    print((afterRoad ? "" : "\n") + TextReport.render(journey, style));
    if (!explained) {
      explained = true;
      print(TextReport.renderLegend(style));
    }
    print("\n");
    afterRoad = true;
  }

  @Override
  public void repeat(Journey journey) {
    begin();
    print(TextReport.renderRepeat(journey, style));
    afterRoad = false;
  }

  @Override
  public void startup(Journey journey) {
    begin();
    if (!loading) {
      loading = true;
      print("while the dynamic linker loads the program (whole with --startup):\n");
    }
    print(TextReport.renderRepeat(journey, style));
    afterRoad = false;
  }

  @Override
  public void programWrote(int lastByte) {
    lineOpen = shared && lastByte != '\n';
  }

  private void begin() {
    if (lineOpen) {
      print("\n");
      lineOpen = false;
    }
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }
}
