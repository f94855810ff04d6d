package trapline.journey;

import java.util.ArrayList;
import java.util.List;

/// A pattern of paths: a run of names, each with any number of `*`, that a path begins with or,
/// after `**`, has anywhere. It stands for what it names and for all that lies below.
final class PathPattern {
  /// Longer paths are cut: their end does not tell what they belong to.
  private static final int MOST_NAMES = 128;

  private final boolean absolute;
  private final boolean anywhere;
  private final List<String> names;
  private final List<String> endings;

  private PathPattern(
      boolean absolute, boolean anywhere, List<String> names, List<String> endings) {
    this.absolute = absolute;
    this.anywhere = anywhere;
    this.names = names;
    this.endings = endings;
  }

  /// @param endings of which a path has one; any when there are none
  static PathPattern of(String text, List<String> endings) {
    boolean anywhere = text.startsWith("**/");
    String rest = anywhere ? text.substring(3) : text;
    return new PathPattern(rest.startsWith("/"), anywhere, names(rest), List.copyOf(endings));
  }

  /// Whether a path is a file or directory, or below it.
  static boolean isIn(String path, String folder) {
    List<String> names = names(path);
    List<String> wanted = names(folder);
    return path.startsWith("/") == folder.startsWith("/")
        && names.size() >= wanted.size()
        && names.subList(0, wanted.size()).equals(wanted);
  }

  boolean matches(String path) {
    if (!endings.isEmpty() && endings.stream().noneMatch(path::endsWith)) {
      return false;
    }
    List<String> found = names(path);
    if (anywhere) {
      for (int start = 0; start + names.size() <= found.size(); start++) {
        if (matches(found, start)) {
          return true;
        }
      }
      return false;
    }
    return path.startsWith("/") == absolute && matches(found, 0);
  }

  private boolean matches(List<String> path, int start) {
    if (start + names.size() > path.size()) {
      return false;
    }
    for (int i = 0; i < names.size(); i++) {
      if (!matches(names.get(i), path.get(start + i))) {
        return false;
      }
    }
    return true;
  }

  /// Whether a name matches a pattern with any number of `*`.
  static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /// A path's names without `.` and, as far as they lead up from a name, `..`.
  static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    int start = 0;
    while (start <= path.length() && names.size() < MOST_NAMES) {
      int end = path.indexOf('/', start);
      end = end < 0 ? path.length() : end;
      String name = path.substring(start, end);
      boolean up = name.equals("..");
      if (up && !names.isEmpty() && !names.getLast().equals("..")) {
        names.removeLast();
      } else if (!name.isEmpty() && !name.equals(".") && !(up && path.startsWith("/"))) {
        names.add(name);
      }
      start = end + 1;
    }
    return names;
  }
}
