package trapline.libc.build;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.libc.Libc;

/// What a build needs of the machine: the table `needs.txt`.
final class BuildNeeds {
  private BuildNeeds() {}

  /// The compiler's command: CC, else `gcc`, as its words.
  static List<String> compiler(Map<String, String> environment) {
    String named = environment.getOrDefault("CC", "").strip();
    return List.of((named.isEmpty() ? "gcc" : named).split("\\s+"));
  }

  /// Checks that all is there.
  ///
  /// @throws LibcBuildFailure that names everything that is missing, with Debian's packages
  static void check(Libc.Kind kind, String version, Map<String, String> environment) {
    List<String> missing = new ArrayList<>();
    Set<String> packages = new LinkedHashSet<>();
    for (List<String> row : Table.rows("needs.txt")) {
      if (!row.get(0).equals(kind.text()) || !Versions.isBetween(version, row.get(1), "")) {
        continue;
      }
      boolean isCompiler = row.get(2).equals("$CC");
      String what = isCompiler ? compiler(environment).getFirst() : row.get(2);
      boolean there =
          (what.startsWith("/") && !isCompiler)
              ? Files.exists(Path.of(what))
              : Commands.find(what) != null;
      if (!there) {
        missing.add(what);
        packages.add(row.get(3));
      }
    }
    if (!missing.isEmpty()) {
      throw LibcBuildFailure.build(
          "to build "
              + kind.text()
              + " "
              + version
              + " there is no "
              + String.join(", ", missing)
              + ": apt-get install "
              + String.join(" ", packages));
    }
  }
}
