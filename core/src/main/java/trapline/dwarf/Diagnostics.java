package trapline.dwarf;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import trapline.model.Diagnostic;
import trapline.model.MalformedBinary;

/// The defects met so far, each once, and not more than a reader can take in.
final class Diagnostics {
  private static final int LIMIT = 200;

  /// The unit of a defect that can matter to any address of the file.
  private static final int ALL = -1;

  private record Found(int unit, Diagnostic defect) {}

  private final Set<Found> seen = new LinkedHashSet<>();
  private int asked = ALL;

  /// Says whose answer is looked for now: what is found wrong meanwhile concerns its addresses.
  ///
  /// @param unit the offset of a unit's header, or what an earlier call returned
  /// @return what to go back to afterwards
  int asking(int unit) {
    int before = asked;
    asked = unit;
    return before;
  }

  void add(String where, String what, String remedy) {
    add(asked, new Diagnostic(where, what, remedy));
  }

  void add(String unit, MalformedBinary broken) {
    add(asked, broken(unit, broken));
  }

  /// Adds a defect that can matter to any address, whoever was asked when it was found.
  void addForAll(String where, String what, String remedy) {
    add(ALL, new Diagnostic(where, what, remedy));
  }

  private void add(int unit, Diagnostic defect) {
    if (seen.size() < LIMIT) {
      seen.add(new Found(unit, defect));
    }
  }

  private static Diagnostic broken(String unit, MalformedBinary broken) {
    return new Diagnostic(
        broken.file(), "broken debug information of " + unit + ": " + broken.getMessage(), "");
  }

  List<Diagnostic> list() {
    return seen.stream().map(Found::defect).distinct().toList();
  }

  /// The defects that can matter to the addresses of some units.
  ///
  /// @param units the offsets of their headers
  List<Diagnostic> of(Set<Integer> units) {
    return seen.stream()
        .filter(each -> each.unit == ALL || units.contains(each.unit))
        .map(Found::defect)
        .distinct()
        .toList();
  }
}
