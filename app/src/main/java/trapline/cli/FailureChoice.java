package trapline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import trapline.follow.FailureSession;
import trapline.follow.FailureSession.Failure;

/// Which of a run's failed calls are to be explained.
///
/// @param calls only calls of these names; all when empty
/// @param nth only this one of them, from 1; 0 for all
/// @param startup also what failed before the program's own code
/// @param all also more than the last [#MOST]
record FailureChoice(Set<String> calls, int nth, boolean startup, boolean all) {
  /// More failed calls than this are explained only when they are asked for. The last ones matter
  /// most: a program gives up after them.
  static final int MOST = 20;

  /// What was chosen.
  ///
  /// @param before how many failed before those that are explained
  /// @param atStart how many are left out since they failed before the program's own code
  record Chosen(List<Failure> failures, int before, int atStart) {}

  Chosen of(FailureSession.Result run) {
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
    int before = all ? 0 : Math.max(0, chosen.size() - MOST);
    return new Chosen(chosen.subList(before, chosen.size()), before, atStart);
  }

  /// Why nothing was chosen, for the user.
  String nothing(FailureSession.Result run, int atStart, String program) {
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
          line.append(" (what the C library answers by itself is no call)");
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
