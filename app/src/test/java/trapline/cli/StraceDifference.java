package trapline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Two runs of one program, one under trapline and one under strace, matched call by call.
final class StraceDifference {
  /// How far apart two lines may be that are one after other ones came in between in one run.
  private static final int WINDOW = 400;

  private final DifferenceRules rules;
  private final List<String> differences = new ArrayList<>();
  private final Map<String, Integer> reasons = new TreeMap<>();
  private int equal;
  private int ruled;
  private int unmatched;

  StraceDifference(
      DifferenceRules rules, Map<String, List<CallLine>> ours, Map<String, List<CallLine>> theirs) {
    this.rules = rules;
    Set<String> threads = new TreeSet<>(ours.keySet());
    threads.addAll(theirs.keySet());
    for (String thread : threads) {
      new Thread(thread)
          .match(ours.getOrDefault(thread, List.of()), theirs.getOrDefault(thread, List.of()));
    }
  }

  /// Calls that read the same as they stand.
  int equal() {
    return equal;
  }

  /// Calls that read the same but for what the rules allow.
  int ruled() {
    return ruled;
  }

  /// Calls that only one of the runs made, as the rules allow.
  int unmatched() {
    return unmatched;
  }

  /// How often each rule was needed.
  Map<String, Integer> reasons() {
    return reasons;
  }

  /// Calls that differ and no rule says why, with the thread and both lines.
  List<String> differences() {
    return differences;
  }

  private final class Thread {
    private final String name;

    Thread(String name) {
      this.name = name;
    }

    void match(List<CallLine> ours, List<CallLine> theirs) {
      List<String> mine = ours.stream().map(rules::masked).toList();
      List<String> other = theirs.stream().map(rules::masked).toList();
      int i = 0;
      int j = 0;
      while (i < mine.size() && j < other.size()) {
        if (mine.get(i).equals(other.get(j))) {
          pair(ours.get(i++), theirs.get(j++));
          continue;
        }
        int[] next = next(mine, i, other, j);
        gap(ours.subList(i, next[0]), theirs.subList(j, next[1]));
        i = next[0];
        j = next[1];
      }
      gap(ours.subList(i, ours.size()), theirs.subList(j, theirs.size()));
    }

    /// Where the runs come together again: at the nearest two lines in a row that are the same.
    private int[] next(List<String> mine, int i, List<String> other, int j) {
      for (int distance = 1; distance < WINDOW; distance++) {
        for (int skip = 0; skip <= distance; skip++) {
          int a = i + skip;
          int b = j + distance - skip;
          if (same(mine, a, other, b) && same(mine, a + 1, other, b + 1)) {
            return new int[] {a, b};
          }
        }
      }
      return new int[] {mine.size(), other.size()};
    }

    private static boolean same(List<String> mine, int a, List<String> other, int b) {
      boolean ends = a == mine.size() && b == other.size();
      return ends || (a < mine.size() && b < other.size() && mine.get(a).equals(other.get(b)));
    }

    /// Lines of which none is like its counterpart: those of the same name differ, the others were
    /// made in one run only.
    private void gap(List<CallLine> ours, List<CallLine> theirs) {
      int j = 0;
      for (CallLine each : ours) {
        int found = j;
        while (found < theirs.size() && !theirs.get(found).name().equals(each.name())) {
          found++;
        }
        if (found == theirs.size()) {
          alone("trapline", each);
          continue;
        }
        for (; j < found; j++) {
          alone("strace", theirs.get(j));
        }
        pair(each, theirs.get(j++));
      }
      for (; j < theirs.size(); j++) {
        alone("strace", theirs.get(j));
      }
    }

    private void alone(String where, CallLine line) {
      String rule = rules.alone(line);
      if (rule != null) {
        unmatched++;
        reasons.merge(rule, 1, Integer::sum);
        return;
      }
      differences.add("thread " + name + ", only under " + where + ": " + line.text());
    }

    private void pair(CallLine ours, CallLine theirs) {
      @Nullable Set<String> needed = rules.between(ours, theirs);
      if (needed == null) {
        differences.add(
            "thread " + name + "\n  trapline " + ours.text() + "\n  strace   " + theirs.text());
      } else if (needed.isEmpty()) {
        equal++;
      } else {
        ruled++;
        needed.forEach(rule -> reasons.merge(rule, 1, Integer::sum));
      }
    }
  }
}
