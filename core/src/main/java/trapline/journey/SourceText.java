package trapline.journey;

import trapline.model.Place;

/// The text of source files.
@FunctionalInterface
public interface SourceText {
  /// A line of a source file, or why it cannot be shown.
  ///
  /// @param text without its end; empty when `missing` says why
  /// @param missing empty when the text is known
  record Line(String text, String missing) {}

  SourceText NONE = place -> new Line("", "source files are not read");

  Line line(Place place);
}
