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

  private static final String BEHIND_HANDLER = "style behind-handler";

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

  private final class Line {
    private final String name;
    private final String masked;
    private final boolean alone;

    Line(CallLine line) {
      this.name = line.name();
      this.masked = rules.masked(line);
      this.alone = rules.alone(line) != null;
    }

    int likeness(Line other) {
      return masked.equals(other.masked)
          ? 2
          : name.equals(other.name) && !(alone && other.alone) ? 1 : 0;
    }
  }

  private final class Thread {
    private final String name;
    private final List<CallLine> oursAlone = new ArrayList<>();
    private final List<CallLine> theirsAlone = new ArrayList<>();

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
      if (theirs.stream().anyMatch(each -> each.name().equals("rt_sigreturn"))) {
        joinMoved();
      }
      oursAlone.forEach(each -> addAlone("trapline", each));
      theirsAlone.forEach(each -> addAlone("strace", each));
    }

    /// A call whose way back a signal interrupts is shown when it is back, behind the calls of the
    /// handler; strace shows it before them.
    private void joinMoved() {
      for (CallLine each : List.copyOf(oursAlone)) {
        String masked = rules.masked(each);
        for (CallLine other : theirsAlone) {
          if (rules.masked(other).equals(masked)) {
            oursAlone.remove(each);
            theirsAlone.remove(other);
            ruled++;
            reasons.merge(BEHIND_HANDLER, 1, Integer::sum);
            break;
          }
        }
      }
    }

    private void addAlone(String where, CallLine line) {
      differences.add("thread " + name + ", only under " + where + ": " + line.text());
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

    /// Lines where the runs are apart: of those that may be made in one run only none is taken for
    /// one that reads otherwise; any others of the same name differ.
    private void gap(List<CallLine> ours, List<CallLine> theirs) {
      List<Line> mine = ours.stream().map(Line::new).toList();
      List<Line> other = theirs.stream().map(Line::new).toList();
      for (Alignment.Pair pair : Alignment.of(mine, other, Line::likeness)) {
        if (pair.isWhole()) {
          pair(ours.get(pair.ours()), theirs.get(pair.theirs()));
        } else if (pair.ours() >= 0) {
          alone(oursAlone, ours.get(pair.ours()));
        } else {
          alone(theirsAlone, theirs.get(pair.theirs()));
        }
      }
    }

    private void alone(List<CallLine> side, CallLine line) {
      String rule = rules.alone(line);
      if (rule == null) {
        side.add(line);
      } else {
        unmatched++;
        reasons.merge(rule, 1, Integer::sum);
      }
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
