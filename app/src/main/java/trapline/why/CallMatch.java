package trapline.why;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.linux.vm.GuestCall;
import trapline.model.CallKey;
import trapline.model.SyscallId;

/// Finds the calls of one run of a program among those of another run.
///
/// A call is the wanted one when the same thread makes it at the same place in the order of its
/// calls of that number, by the same instruction. Once a run has gone another way there, a later
/// call by the same instruction with the same plain arguments may be it; only its result tells.
final class CallMatch {
  private static final long PAGE = 4096;

  /// How often a call that may be the wanted one is tried after the runs have parted.
  private static final int TRIES = 4;

  /// How sure it is that a call is the wanted one.
  enum Certainty {
    SAME_PLACE,
    /// The runs have parted before it.
    SAME_CALL
  }

  /// @param wanted index of the call in the list of those wanted
  record Match(int wanted, Certainty certainty) {}

  private final List<CallKey> wanted;
  private final boolean[] found;
  private final boolean[] parted;
  private final int[] tries;

  CallMatch(List<CallKey> wanted) {
    this.wanted = List.copyOf(wanted);
    this.found = new boolean[wanted.size()];
    this.parted = new boolean[wanted.size()];
    this.tries = new int[wanted.size()];
  }

  /// Which wanted call this may be; `null` when it is none of them.
  @Nullable Match entered(GuestCall call) {
    CallKey key = key(call);
    Match later = null;
    for (int i = 0; i < wanted.size(); i++) {
      CallKey each = wanted.get(i);
      if (found[i] || !each.id().equals(key.id())) {
        continue;
      }
      if (each.samePosition(key)) {
        if (each.instruction() % PAGE == key.instruction() % PAGE) {
          return new Match(i, Certainty.SAME_PLACE);
        }
        parted[i] = true;
      }
      if (later == null && parted[i] && tries[i] < TRIES && each.sameCall(key)) {
        tries[i]++;
        later = new Match(i, Certainty.SAME_CALL);
      }
    }
    return later;
  }

  /// A wanted call has been recognised, and is not looked for any more.
  void settle(int index) {
    found[index] = true;
  }

  boolean isSettled(int index) {
    return found[index];
  }

  private static CallKey key(GuestCall call) {
    return new CallKey(
        call.thread() - 1,
        new SyscallId(call.abi(), call.number()),
        call.occurrence(),
        call.ip(),
        call.arguments());
  }
}
