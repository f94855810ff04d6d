package trapline.why;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.model.ErrorOrigin;
import trapline.model.Place;

/// The source of an observed kernel, as far as it is known.
public interface Source {
  /// Where it defines a function, by its name.
  Function<String, @Nullable Place> places();

  /// Which source that is, and how well it fits the kernel; empty when there is none.
  String description();

  /// The same answer with the places in its innermost function that may have said the error, when
  /// the text is at hand.
  ErrorOrigin withCandidates(ErrorOrigin origin);
}
