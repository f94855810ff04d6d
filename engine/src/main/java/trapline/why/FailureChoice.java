package trapline.why;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.follow.FailureSession;
import trapline.follow.FailureSession.Failure;
import trapline.follow.LookUps;
import trapline.follow.LookUps.LookUp;

/// Which of a run's failed calls are to be explained, and in which order.
///
/// @param calls only calls of these names; all when empty
/// @param nth only this one of them, from 1; 0 for all
/// @param startup also what failed before the program's own code
/// @param all also more than the last [#MOST], and look-ups
public record FailureChoice(Set<String> calls, int nth, boolean startup, boolean all) {
  /// More failed calls than this are explained only when they are asked for. The last ones matter
  /// most: a program gives up after them.
  public static final int MOST = 20;

  private static final int NAMES = 4;

  /// What was chosen.
  ///
  /// @param failures the one that the program gave up after first, when it is known
  /// @param gaveUp how that one was found; empty when none was
  /// @param before how many failed before those that are explained
  /// @param atStart how many are left out since they failed before the program's own code
  /// @param folded what is said of look-ups that are left out, a line each
  public record Chosen(
      List<Failure> failures, String gaveUp, int before, int atStart, List<String> folded) {}

  public Chosen of(FailureSession.Result run) {
    List<Failure> chosen = new ArrayList<>();
    int atStart = 0;
    for (Failure failure : run.failures()) {
      if (!calls.isEmpty() && !calls.contains(failure.journey().name())) {
        continue;
      }
      if (failure.startup() && !startup) {
        atStart++;
      } else {
        chosen.add(failure);
      }
    }
    if (nth > 0) {
      chosen = nth <= chosen.size() ? List.of(chosen.get(nth - 1)) : List.of();
    }
    if (nth > 0 || all) {
      return new Chosen(chosen, "", 0, atStart, List.of());
    }
    List<String> folded = new ArrayList<>();
    if (calls.isEmpty()) {
      chosen = withoutLookUps(chosen, run.passing(), folded);
    }
    GivingUp decisive = GivingUp.of(run, chosen);
    List<Failure> ordered = new ArrayList<>(chosen);
    int before = Math.max(0, ordered.size() - MOST);
    if (decisive != null) {
      ordered.remove(decisive.index());
      before = Math.max(0, ordered.size() - MOST + 1);
      ordered = new ArrayList<>(ordered.subList(before, ordered.size()));
      ordered.addFirst(chosen.get(decisive.index()));
    } else {
      ordered = ordered.subList(before, ordered.size());
    }
    return new Chosen(ordered, decisive == null ? "" : decisive.how(), before, atStart, folded);
  }

  /// Whether the one call that is wanted has failed by now.
  public boolean isReached(List<Failure> failures) {
    return nth > 0
        && failures.stream()
                .filter(each -> calls.isEmpty() || calls.contains(each.journey().name()))
                .filter(each -> startup || !each.startup())
                .count()
            >= nth;
  }

  /// Of look-ups of one file that was found nowhere the last is kept; those that led on are not.
  private static List<Failure> withoutLookUps(
      List<Failure> failures, Set<Failure> passing, List<String> said) {
    Map<LookUps.Sought, List<LookUp>> sought = new LinkedHashMap<>();
    Set<String> passed = new LinkedHashSet<>();
    int count = 0;
    for (Failure each : failures) {
      LookUp lookUp = each.lookUp();
      if (passing.contains(each)) {
        count++;
        passed.add(lookUp == null ? "" : lookUp.sought().name());
      } else if (lookUp != null) {
        sought.computeIfAbsent(lookUp.sought(), name -> new ArrayList<>()).add(lookUp);
      }
    }
    List<Failure> kept = new ArrayList<>();
    for (Failure each : failures) {
      LookUp lookUp = each.lookUp();
      boolean isLast = lookUp == null || sought(sought, lookUp).getLast().equals(lookUp);
      if (!passing.contains(each) && isLast) {
        kept.add(each);
      }
    }
    if (count > 0) {
      said.add(
          (count == 1 ? "1 look-up" : count + " look-ups")
              + " failed on the way to a file that was found, or looked for optional ones ("
              + names(passed)
              + "); --all explains them, too");
    }
    for (Map.Entry<LookUps.Sought, List<LookUp>> each : sought.entrySet()) {
      int places = each.getValue().size();
      if (places > 1) {
        said.add(
            each.getKey().name()
                + " was looked for in "
                + places
                + " places and found in none; the last look-up is explained");
      }
    }
    return kept;
  }

  private static List<LookUp> sought(Map<LookUps.Sought, List<LookUp>> all, LookUp lookUp) {
    return all.getOrDefault(lookUp.sought(), List.of(lookUp));
  }

  private static String names(Set<String> names) {
    List<String> shown = names.stream().limit(NAMES).toList();
    int left = names.size() - shown.size();
    return String.join(", ", shown) + (left == 0 ? "" : " and " + left + " more");
  }

  /// Why nothing was chosen, for the user.
  public String nothing(FailureSession.Result run, int atStart, String program) {
    StringBuilder line = new StringBuilder();
    if (nth > 0) {
      line.append("there is no failed call number ").append(nth);
    } else if (calls.isEmpty()) {
      line.append("none of the ").append(run.calls()).append(" calls of ").append(program);
      line.append(" failed; errors that it saw came from the C library, without a call");
    } else {
      line.append("no call of ").append(String.join(" or ", calls)).append(" failed");
      for (String call : calls) {
        if (!run.seen().contains(call)) {
          line.append("; ").append(program).append(" did not make ").append(call);
          line.append(" (what the C library handles itself is not a call)");
        } else {
          line.append("; an error of a function ").append(call);
          line.append(" came from the C library, without a call");
        }
      }
    }
    if (atStart > 0) {
      line.append("; ").append(atStart);
      line.append(" failed before the program's own code: --startup explains them");
    }
    return line.toString();
  }
}
