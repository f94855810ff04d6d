package trapline.cli;

import trapline.follow.JourneySink;
import trapline.model.Journey;
import trapline.report.JsonReport;

/// Prints one JSON object a journey, each on a line of its own.
final class JsonSink implements JourneySink {
  private final Output out;
  private final boolean shared;
  private boolean lineOpen;

  /// @param shared whether the program writes to the same place, so that its unfinished line is
  ///     ended before an object begins
  JsonSink(Output out, boolean shared) {
    this.out = out;
    this.shared = shared;
  }

  @Override
  public boolean wantsWholeJourneys() {
    return true;
  }

  @Override
  public void journey(Journey journey) {
    if (lineOpen) {
      out.print('\n');
      lineOpen = false;
    }
    out.rendered(JsonReport.render(journey));
    out.deliver();
  }

  @Override
  public void repeat(Journey journey) {
    journey(journey);
  }

  @Override
  public void startup(Journey journey) {
    journey(journey);
  }

  /// It was printed when it came.
  @Override
  public void onlyAtStartup(Journey journey) {}

  @Override
  public void started() {}

  @Override
  public void programWrote(int lastByte) {
    lineOpen = shared && lastByte != '\n';
  }
}
