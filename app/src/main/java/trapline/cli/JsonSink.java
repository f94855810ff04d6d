package trapline.cli;

import java.util.function.BooleanSupplier;
import trapline.follow.JourneySink;
import trapline.model.Journey;
import trapline.report.JsonReport;

/// Prints one JSON object a journey, each on a line of its own.
final class JsonSink implements JourneySink {
  private final Output out;
  private final BooleanSupplier openLine;

  /// @param openLine whether the program has left a line open where the output goes, which is then
  ///     ended before an object begins
  JsonSink(Output out, BooleanSupplier openLine) {
    this.out = out;
    this.openLine = openLine;
  }

  @Override
  public boolean wantsWholeJourneys() {
    return true;
  }

  @Override
  public void journey(Journey journey) {
    if (openLine.getAsBoolean()) {
      out.print('\n');
    }
    out.rendered(JsonReport.render(journey));
    out.deliver();
  }

  @Override
  public void rehearse(Journey journey) {
    JsonReport.render(journey);
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
}
