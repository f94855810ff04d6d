package trapline.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import trapline.abi.Suggestion;
import trapline.abi.SyscallTable;
import trapline.model.Abi;

/// The names that `--call` gives.
final class CallNames {
  private CallNames() {}

  /// The names in their order.
  ///
  /// @throws CommandFailure when one of them is no system call's
  static Set<String> check(List<String> calls) {
    Set<String> names = new LinkedHashSet<>();
    SyscallTable table = SyscallTable.of(Abi.NATIVE);
    for (String name : calls) {
      if (name.isEmpty()) {
        throw new CommandFailure(ExitStatus.USAGE, "--call has an empty name in its list");
      }
      if (table.byName(name) == null && SyscallTable.of(Abi.I386).byName(name) == null) {
        throw new CommandFailure(ExitStatus.USAGE, unknown(name, table));
      }
      names.add(name);
    }
    return names;
  }

  private static String unknown(String name, SyscallTable table) {
    List<Suggestion> near = table.nearest(name);
    StringBuilder line = new StringBuilder("--call ").append(name).append(": no such system call");
    if (!near.isEmpty()) {
      line.append("; did you mean ").append(near.getFirst().name());
      for (int i = 1; i < near.size() && i < 3; i++) {
        line.append(i == near.size() - 1 || i == 2 ? " or " : ", ").append(near.get(i).name());
      }
      line.append('?');
      if (!near.getFirst().note().isEmpty()) {
        line.append(" (").append(near.getFirst().note()).append(')');
      }
    }
    return line.toString();
  }
}
