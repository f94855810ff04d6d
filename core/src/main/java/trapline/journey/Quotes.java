package trapline.journey;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.Diagnostic;
import trapline.model.Place;

/// Quotes source lines, and notes which files were read elsewhere than where the debug information
/// has them.
final class Quotes {
  private final SourceText sources;
  private final Set<Diagnostic> notes;

  Quotes(SourceText sources, Set<Diagnostic> notes) {
    this.sources = sources;
    this.notes = notes;
  }

  /// @param image the object file whose debug information names the place
  SourceText.Line line(Image image, Place place) {
    SourceText.Line line = sources.line(image, place);
    if (!line.from().isEmpty()) {
      notes.add(new Diagnostic(place.file(), line.from(), ""));
    }
    return line;
  }

  /// The text alone.
  ///
  /// @return `null` when the place or its text is not known
  @Nullable String text(Image image, @Nullable Place place) {
    if (place == null) {
      return null;
    }
    SourceText.Line line = line(image, place);
    return line.missing().isEmpty() ? line.text() : null;
  }
}
