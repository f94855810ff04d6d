package trapline.kernel.source;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import trapline.kernel.SyscallAbi;

/// In which files architectures make functions of a table's entry points: data, `dispatches.txt`.
final class Dispatch {
  private static final List<List<String>> FILES = Resource.rows("dispatches.txt");

  private Dispatch() {}

  /// What is put before an entry point's name, such as `__arm64_`; empty when nothing is.
  static String prefix(SyscallAbi abi, Map<String, ArchitectureMacros.Found> macros) {
    for (List<String> line : FILES) {
      if (line.get(0).equals(abi.label())) {
        ArchitectureMacros.Found found = macros.get(line.get(1));
        Optional<String> prefix = found == null ? Optional.empty() : found.prefix();
        if (prefix.isPresent()) {
          return prefix.get();
        }
      }
    }
    return "";
  }
}
