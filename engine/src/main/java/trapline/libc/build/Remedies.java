package trapline.libc.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import trapline.libc.Libc;

/// What a version needs in order to be built with a compiler that came after it: the table
/// `remedies.txt`.
final class Remedies {
  private static final int KIND = 0;
  private static final int FROM = 1;
  private static final int BEFORE = 2;
  private static final int COMPILER = 3;
  private static final int WHERE = 4;
  private static final int WHAT = 5;
  private static final int WHY = 6;

  private Remedies() {}

  /// Where a remedy goes.
  enum Where {
    /// An argument of `configure`.
    CONFIGURE,
    /// A word of CFLAGS.
    CFLAGS,
    /// A variable of `make`.
    MAKE
  }

  /// One that applies.
  ///
  /// @param what the argument or flag
  /// @param why half a sentence
  record Remedy(Where where, String what, String why) {}

  /// Those that apply.
  ///
  /// @param compiler gcc's major version; empty when it is not gcc
  static List<Remedy> of(Libc.Kind kind, String version, String compiler) {
    List<Remedy> remedies = new ArrayList<>();
    for (List<String> row : Table.rows("remedies.txt")) {
      boolean compilerFits =
          row.get(COMPILER).isEmpty()
              || (!compiler.isEmpty() && Versions.compare(compiler, row.get(COMPILER)) >= 0);
      if (row.get(KIND).equals(kind.text())
          && Versions.isBetween(version, row.get(FROM), row.get(BEFORE))
          && compilerFits) {
        Where where = Where.valueOf(row.get(WHERE).toUpperCase(Locale.ROOT));
        remedies.add(new Remedy(where, row.get(WHAT), row.get(WHY)));
      }
    }
    return remedies;
  }
}
