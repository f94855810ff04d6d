package trapline.why;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.follow.RunThread;
import trapline.follow.RunTree;
import trapline.model.CallKey;
import trapline.model.RemoteMemory;

/// Tells which thread of a guest's run is which thread of the run on this machine.
///
/// Candidates are the threads that the same creator made by the same call from the same place; the
/// first one without a counterpart is taken. When the guest's thread then runs another program, or
/// makes a call that its counterpart never made while a later candidate did, that later one is
/// taken. A thread without a candidate has no counterpart: only the guest has it.
final class Counterparts {
  private final RunTree here;
  private final PathNames names;
  private final Map<RunThread, RunThread> byGuest = new HashMap<>();
  private final Set<RunThread> taken = new HashSet<>();

  /// Where a guest's thread was made: those that it may be.
  private final Map<RunThread, List<RunThread>> brothers = new HashMap<>();

  private final Map<RunThread, Integer> programs = new HashMap<>();

  Counterparts(RunTree here, PathNames names) {
    this.here = here;
    this.names = names;
  }

  /// The thread of this machine's run that a guest's thread is; `null` when it is none, as far as
  /// is known.
  @Nullable RunThread of(RunThread there) {
    RunThread known = byGuest.get(there);
    RunThread first = here.first();
    if (known == null && there.creator() == null && first != null && taken.add(first)) {
      byGuest.put(there, first);
      return first;
    }
    return known;
  }

  /// A thread was made in the guest.
  ///
  /// @param call by which its creator has made it
  /// @param pointer the creator's stack pointer
  /// @param memory the creator's memory
  void made(RunThread there, CallKey call, long pointer, RemoteMemory memory) {
    RunThread creator = there.creator();
    RunThread ours = creator == null ? null : of(creator);
    if (ours == null) {
      return;
    }
    CallKey.Place place = call.place();
    List<RunThread> may =
        ours.children().stream()
            .filter(each -> place.equals(each.making()) && each.makingStack().fits(pointer, memory))
            .toList();
    brothers.put(there, may);
    for (RunThread each : may) {
      if (taken.add(each)) {
        byGuest.put(there, each);
        return;
      }
    }
  }

  /// A guest's thread runs another program.
  void executed(RunThread there, String program) {
    int nth = programs.merge(there, 1, Integer::sum) - 1;
    RunThread ours = byGuest.get(there);
    if (there.creator() != null && (ours == null || !runs(ours, nth, program))) {
      change(there, each -> runs(each, nth, program));
    }
  }

  private boolean runs(RunThread ours, int nth, String program) {
    return nth < ours.programs().size() && names.alike(ours.programs().get(nth), program);
  }

  /// A guest's thread makes a call that is like one of those that are looked for.
  void called(RunThread there, CallKey call) {
    RunThread ours = of(there);
    CallKey.Place place = call.place();
    if (there.creator() != null && (ours == null || ours.count(place) == 0)) {
      int ran = programs.getOrDefault(there, 0);
      change(there, each -> each.count(place) > 0 && each.programs().size() >= ran);
    }
  }

  private void change(RunThread there, java.util.function.Predicate<RunThread> fits) {
    RunThread before = byGuest.get(there);
    for (RunThread each : brothers.getOrDefault(there, List.of())) {
      if (!taken.contains(each) && fits.test(each)) {
        taken.add(each);
        byGuest.put(there, each);
        if (before != null) {
          taken.remove(before);
        }
        return;
      }
    }
    if (before != null && !fits.test(before) && programs.getOrDefault(there, 0) > 0) {
      byGuest.remove(there);
      taken.remove(before);
    }
  }
}
