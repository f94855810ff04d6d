package trapline.journey;

import trapline.model.Place;

/// The text of source files.
@FunctionalInterface
public interface SourceText {
  /// A line of a source file, or why it cannot be shown.
  ///
  /// @param text without its end; empty when `missing` says why
  /// @param missing empty when the text is known
  /// @param from where the text was read and how that is known to be the right file, as a clause;
  ///     empty when it was read at the place itself
  record Line(String text, String missing, String from) {
    public static Line missing(String why) {
      return new Line("", why, "");
    }
  }

  SourceText NONE = (image, place) -> Line.missing("source files are not read");

  /// @param image the object file whose debug information names the place
  Line line(Image image, Place place);
}
