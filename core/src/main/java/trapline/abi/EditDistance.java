package trapline.abi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// How far two names are apart.
public final class EditDistance {
  private static final int MOST = 3;

  private EditDistance() {}

  /// The known names of similar spelling, at most three, the nearest first and those equally near
  /// in the order of the alphabet. Empty when nothing is near.
  public static List<String> nearest(String wanted, Collection<String> known) {
    int limit = Math.max(1, wanted.length() / 3);
    List<String> found = new ArrayList<>();
    for (int distance = 0; distance <= limit && found.size() < MOST; distance++) {
      TreeSet<String> same = new TreeSet<>();
      for (String name : known) {
        if (between(wanted, name, limit) == distance) {
          same.add(name);
        }
      }
      for (String name : same) {
        if (found.size() < MOST) {
          found.add(name);
        }
      }
    }
    return found;
  }

  /// How many insertions, deletions, replacements and swaps of neighbours turn one name into the
  /// other.
  ///
  /// @param limit distances beyond it may be given as any number beyond it
  static int between(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) > limit) {
      return limit + 1;
    }
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] now = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      now[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int best = Math.min(Math.min(now[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, before[j - 2] + 1);
        }
        now[j] = best;
      }
      int[] spare = before;
      before = last;
      last = now;
      now = spare;
    }
    return last[b.length()];
  }
}
