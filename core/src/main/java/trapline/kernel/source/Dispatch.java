package trapline.kernel.source;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import trapline.kernel.DispatchNames;
import trapline.model.Abi;

/// In which files architectures make functions of a table's entry points: data, `dispatches.txt`.
final class Dispatch {
  private static final List<List<String>> FILES = Resource.rows("dispatches.txt");

  private Dispatch() {}

  /// How the dispatch names what it calls; by its own name when no file says more.
  static DispatchNames names(Abi abi, Map<String, ArchitectureMacros.Found> macros) {
    for (List<String> line : FILES) {
      ArchitectureMacros.Found found = macros.get(line.get(1));
      if (line.get(0).equals(abi.label()) && found != null && !found.prefixes().isEmpty()) {
        return names(found);
      }
    }
    return DispatchNames.of("");
  }

  /// `__SYSCALL_X32` is for the rows of `x32`; the first of the file also for those that no macro
  /// is for, after `__SYSCALL` itself and `__SYSCALL_COMMON`.
  private static DispatchNames names(ArchitectureMacros.Found found) {
    Map<String, String> ofRows = new HashMap<>();
    String first = "";
    for (Map.Entry<String, String> macro : found.prefixes().entrySet()) {
      first = first.isEmpty() ? macro.getValue() : first;
      ofRows.put(macro.getKey(), macro.getValue());
    }
    String prefix = ofRows.getOrDefault("", ofRows.getOrDefault("common", first));
    ofRows.values().removeIf(prefix::equals);
    ofRows.remove("");
    return new DispatchNames(prefix, ofRows, found.aliases());
  }
}
