package trapline.why;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.model.CallKey;
import trapline.model.StackPrint;
import trapline.model.ThreadPath;

/// Finds the calls of one run of a program among those of another run.
///
/// A call may be the wanted one when the same thread (see [Counterparts]) makes it by the same
/// instruction, with the same numbers, called by the same functions, and with paths that are the
/// same but for random parts (see [PathNames]). It is the wanted one when the thread has made such
/// calls as many times. Where the runs differed before it, it is the wanted one when the thread has
/// made exactly this call as many times and it ends the same way. [CallAlignment] decides the rest
/// when the run is over.
final class CallMatch {
  /// How often a call that may be the wanted one is tried.
  private static final int TRIES = 6;

  /// How sure it is that a call is the wanted one.
  enum Certainty {
    SAME_PLACE,
    /// The runs differed before it, but exactly this call was made as many times.
    SAME_CALL,
    /// It may be, or another one like it.
    POSSIBLE
  }

  /// @param wanted index of the call in the list of those wanted
  /// @param attempt how many calls may have been it by now, with this one
  record Match(int wanted, Certainty certainty, int attempt) {}

  private final List<CallKey> wanted;
  private final Map<CallKey.Place, List<Integer>> places = new HashMap<>();
  private final PathNames names;
  private final Set<CallKey.Place> crowded;
  private final boolean[] found;
  private final int[] tries;

  /// @param names compares the paths of the two runs
  /// @param crowded places at which the other run reports only calls with exactly the wanted
  ///     descriptors
  CallMatch(List<CallKey> wanted, PathNames names, Set<CallKey.Place> crowded) {
    this.wanted = List.copyOf(wanted);
    this.crowded = Set.copyOf(crowded);
    this.names = names;
    this.found = new boolean[wanted.size()];
    this.tries = new int[wanted.size()];
    for (int i = 0; i < wanted.size(); i++) {
      places.computeIfAbsent(wanted.get(i).place(), each -> new ArrayList<>()).add(i);
    }
  }

  /// Whether a call of that place is looked for.
  boolean wants(CallKey call) {
    return places.containsKey(call.place());
  }

  /// Which wanted call this may be; `null` when it is none of them.
  ///
  /// @param way to the thread of the first run that makes it; `null` when that is not known
  /// @param fits whether its stack may be another one's
  @Nullable Match entered(CallKey call, @Nullable ThreadPath way, Predicate<StackPrint> fits) {
    int likely = -1;
    Certainty certainty = Certainty.POSSIBLE;
    for (int i : places.getOrDefault(call.place(), List.of())) {
      CallKey each = wanted.get(i);
      if (found[i]
          || !each.thread().equals(way)
          || !names.alike(each.paths(), call.paths())
          || !fits.test(each.stack())) {
        continue;
      }
      boolean isRepeated = each.repetition() == call.repetition() && call.repetition() > 0;
      boolean isThere =
          crowded.contains(each.place())
              ? isRepeated
              : each.occurrence() == call.occurrence() && call.occurrence() > 0;
      if (isThere) {
        return new Match(i, Certainty.SAME_PLACE, ++tries[i]);
      }
      boolean isSame = isRepeated && each.paths().equals(call.paths()) && !call.paths().isEmpty();
      if (tries[i] < TRIES && (likely < 0 || (isSame && certainty == Certainty.POSSIBLE))) {
        likely = i;
        certainty = isSame ? Certainty.SAME_CALL : Certainty.POSSIBLE;
      }
    }
    return likely < 0 ? null : new Match(likely, certainty, ++tries[likely]);
  }

  /// A wanted call has been recognised, and is not looked for any more.
  void settle(int index) {
    found[index] = true;
  }

  boolean isSettled(int index) {
    return found[index];
  }
}
