package trapline.dwarf;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import trapline.model.Diagnostic;
import trapline.model.MalformedBinary;

/// The defects met so far, each once, and not more than a reader can take in.
final class Diagnostics {
  private static final int LIMIT = 200;

  private final Set<Diagnostic> seen = new LinkedHashSet<>();

  void add(String where, String what, String remedy) {
    if (seen.size() < LIMIT) {
      seen.add(new Diagnostic(where, what, remedy));
    }
  }

  void add(String unit, MalformedBinary broken) {
    add(broken.file(), "broken debug information of " + unit + ": " + broken.getMessage(), "");
  }

  List<Diagnostic> list() {
    return List.copyOf(seen);
  }
}
