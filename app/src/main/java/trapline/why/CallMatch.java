package trapline.why;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.CallKey;

/// Finds the calls of one run of a program among those of another run.
///
/// A call is the wanted one when the same thread has come to the same instruction as often. Where
/// the runs go other ways, it may be the one that asks for the same (by the same instruction, with
/// the same plain arguments and paths) as often; only its result tells. If that is another, later
/// ones that ask for the same are tried.
final class CallMatch {
  /// How often a call that may be the wanted one is tried.
  private static final int TRIES = 4;

  /// How sure it is that a call is the wanted one.
  enum Certainty {
    SAME_PLACE,
    /// The runs have gone other ways before it.
    SAME_CALL
  }

  /// @param wanted index of the call in the list of those wanted
  record Match(int wanted, Certainty certainty) {}

  private final List<CallKey> wanted;
  private final boolean[] found;
  private final int[] tries;

  CallMatch(List<CallKey> wanted) {
    this.wanted = List.copyOf(wanted);
    this.found = new boolean[wanted.size()];
    this.tries = new int[wanted.size()];
  }

  /// Which wanted call this may be; `null` when it is none of them.
  @Nullable Match entered(CallKey call) {
    Match likely = null;
    for (int i = 0; i < wanted.size(); i++) {
      CallKey each = wanted.get(i);
      if (found[i]) {
        continue;
      }
      if (each.samePosition(call)) {
        return new Match(i, Certainty.SAME_PLACE);
      }
      boolean mayBe = each.sameRepetition(call) || (tries[i] > 0 && each.sameCall(call));
      if (likely == null && mayBe && tries[i] < TRIES) {
        tries[i]++;
        likely = new Match(i, Certainty.SAME_CALL);
      }
    }
    return likely;
  }

  /// A wanted call has been recognised, and is not looked for any more.
  void settle(int index) {
    found[index] = true;
  }

  boolean isSettled(int index) {
    return found[index];
  }
}
