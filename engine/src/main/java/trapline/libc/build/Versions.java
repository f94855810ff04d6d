package trapline.libc.build;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Compares versions by the numbers that they hold: 2.9 comes before 2.36.
final class Versions {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private Versions() {}

  static int compare(String one, String other) {
    Matcher first = NUMBER.matcher(one);
    Matcher second = NUMBER.matcher(other);
    while (first.find()) {
      if (!second.find()) {
        return 1;
      }
      int difference =
          Integer.compare(Integer.parseInt(first.group()), Integer.parseInt(second.group()));
      if (difference != 0) {
        return difference;
      }
    }
    return second.find() ? -1 : 0;
  }

  /// Whether a version lies between two, the first counting and the last not; an empty bound is
  /// none.
  static boolean isBetween(String version, String first, String last) {
    return (first.isEmpty() || compare(version, first) >= 0)
        && (last.isEmpty() || compare(version, last) < 0);
  }
}
