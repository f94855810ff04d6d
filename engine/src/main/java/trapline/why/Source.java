package trapline.why;

import java.util.List;
import java.util.function.Function;
import trapline.model.ErrorOrigin;
import trapline.model.Place;

/// The source of an observed kernel, as far as it is known.
public interface Source {
  /// Where it defines a function, by its name: several places when it does not tell which of them
  /// the kernel was built with, none when it does not know it.
  Function<String, List<Place>> places();

  /// Which source that is, and how well it fits the kernel; empty when there is none.
  String description();

  /// The same answers with the places in the innermost function of each that may have said the
  /// error, when the text is at hand. A tarball is read once for all of them.
  List<ErrorOrigin> withCandidates(List<ErrorOrigin> origins);
}
