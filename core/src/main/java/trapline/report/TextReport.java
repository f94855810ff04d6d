package trapline.report;

import trapline.model.Journey;

/// Journeys as text for people.
///
/// Every line ends with `\n` and none is wider than [Style#width()], counted in terminal columns.
/// Control characters of the traced program's data never reach the result.
public final class TextReport {
  private TextReport() {}

  /// The whole road of one call: header, user side, boundary, kernel side, return, and what could
  /// not be established. The steps, if the journey has any, follow as [StepsReport] shows them.
  public static String render(Journey journey, Style style) {
    return renderRepeat(journey, style);
  }

  /// One more call from a call site whose road was already shown: the header line with the place.
  public static String renderRepeat(Journey journey, Style style) {
    return journey.name() + "\n";
  }

  /// What the evidence marks mean; shown once, after the first journey or at the end.
  public static String renderLegend(Style style) {
    return "o observed\n";
  }
}
