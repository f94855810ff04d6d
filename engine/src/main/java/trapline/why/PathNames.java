package trapline.why;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells which paths of two runs of a program may be the same but for parts that differ in each
/// run: the random part of a temporary name, a process id, a time.
///
/// Two parts may stand for each other when the first run does not use the second run's part there,
/// and both look like such parts: numbers in the same places, or the same number of characters, at
/// least six, and not all of them lower-case letters.
final class PathNames {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_]+|[^A-Za-z0-9_]+");
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+");
  private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+|[A-Z]+");

  /// Occurs in no path.
  private static final char MARK = 0;

  /// As many random characters as mkstemp(3) uses.
  private static final int DRAWN = 6;

  private final Set<String> used = new HashSet<>();

  /// @param paths those that the first run named
  PathNames(Set<String> paths) {
    for (String each : paths) {
      List<String> parts = parts(each);
      for (int i = 0; i < parts.size(); i++) {
        used.add(between(parts, i));
        used.add(behind(parts, i));
      }
    }
  }

  /// Whether all the paths of two calls may be the same; one that is not known may be any.
  ///
  /// @param here of the first run
  /// @param there of the other one
  boolean alike(List<String> here, List<String> there) {
    for (int i = 0; i < here.size() && i < there.size(); i++) {
      if (!here.get(i).isEmpty() && !there.get(i).isEmpty() && !alike(here.get(i), there.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Whether a path of the first run and one of the other may be the same.
  boolean alike(String here, String there) {
    if (here.equals(there)) {
      return true;
    }
    List<String> ours = parts(here);
    List<String> theirs = parts(there);
    if (ours.size() != theirs.size()) {
      return false;
    }
    for (int i = 0; i < ours.size(); i++) {
      if (!ours.get(i).equals(theirs.get(i)) && !mayBe(ours, theirs, i)) {
        return false;
      }
    }
    return true;
  }

  private boolean mayBe(List<String> ours, List<String> theirs, int i) {
    String here = ours.get(i);
    String there = theirs.get(i);
    String before = behind(theirs, i);
    // Where what stands before it was drawn, too, only what separates it is the same.
    boolean isKnown = before.equals(behind(ours, i).replace(MARK + here, MARK + there));
    if (used.contains(isKnown ? before : between(theirs, i))) {
      return false; // the first run has this name, too, for something else
    }
    String frame = NUMBERS.matcher(here).replaceAll("0");
    if (!frame.equals(here) || isNumber(here)) {
      if (frame.equals(NUMBERS.matcher(there).replaceAll("0"))) {
        return true;
      }
    }
    return here.length() == there.length()
        && here.length() >= DRAWN
        && (isDrawn(here) || isDrawn(there));
  }

  /// A part with the two before it.
  private static String behind(List<String> parts, int i) {
    return (i > 1 ? parts.get(i - 2) : "") + (i > 0 ? parts.get(i - 1) : "") + MARK + parts.get(i);
  }

  /// A part between what separates it from its neighbours.
  private static String between(List<String> parts, int i) {
    return (i > 0 ? parts.get(i - 1) : "")
        + MARK
        + parts.get(i)
        + MARK
        + (i + 1 < parts.size() ? parts.get(i + 1) : "");
  }

  private static boolean isNumber(String part) {
    return NUMBERS.matcher(part).matches();
  }

  private static boolean isDrawn(String part) {
    return !WORD.matcher(part).matches();
  }

  private static List<String> parts(String path) {
    Matcher matcher = PART.matcher(path);
    return matcher.results().map(java.util.regex.MatchResult::group).toList();
  }
}
