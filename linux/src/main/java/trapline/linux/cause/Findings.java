package trapline.linux.cause;

import java.util.ArrayList;
import java.util.List;
import trapline.model.Evidence;
import trapline.model.LocalCause;

/// Collects causes, each once.
final class Findings {
  private static final int MOST = 6;

  private final List<LocalCause> causes = new ArrayList<>();

  /// Something that was read now, and that alone explains the error.
  void observed(String text) {
    add(new LocalCause(text, Evidence.OBSERVED));
  }

  /// Something that was read now, and that a rule connects with the error.
  void inferred(String text, String rule) {
    add(new LocalCause(text, new Evidence.Inferred(rule)));
  }

  private void add(LocalCause cause) {
    if (causes.size() < MOST && !causes.contains(cause)) {
      causes.add(cause);
    }
  }

  boolean isEmpty() {
    return causes.isEmpty();
  }

  List<LocalCause> all() {
    return List.copyOf(causes);
  }
}
