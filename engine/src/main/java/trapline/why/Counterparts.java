package trapline.why;

import java.util.ArrayDeque;
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
import trapline.model.StackPrint;

/// Tells which thread of a guest's run is which thread of the run on this machine.
///
/// Candidates are the threads that the same creator made by the same call from the same place; the
/// first one without a counterpart is taken. When the guest's thread then does what its counterpart
/// never did (see [ThreadSigns]), it gets one that did; a thread that has that one gets another
/// that fits it as well. When no candidate fits, its creator may have the wrong counterpart. A
/// thread
/// without a candidate has no counterpart: only the guest has it.
final class Counterparts {
  /// How many threads change their counterparts for one.
  private static final int MOST_CHANGES = 64;

  /// How many generations of creators are asked.
  private static final int GENERATIONS = 4;

  private final RunTree here;
  private final PathNames names;
  private final Map<RunThread, ThreadSigns> signs = new HashMap<>();
  private final Map<ThreadSigns, RunThread> byGuest = new HashMap<>();
  private final Map<RunThread, ThreadSigns> taken = new HashMap<>();
  private final Map<CallKey.Place, Map<ThreadSigns.Call, Boolean>> madeHere = new HashMap<>();
  private @Nullable Map<CallKey.Place, Set<StackPrint>> makers;
  private boolean exactly;

  Counterparts(RunTree here, PathNames names) {
    this.here = here;
    this.names = names;
  }

  /// The thread of this machine's run that a guest's thread is; `null` when it is none, as far as
  /// is known.
  @Nullable RunThread of(RunThread there) {
    return byGuest.get(signs(there));
  }

  private ThreadSigns signs(RunThread there) {
    ThreadSigns known = signs.get(there);
    if (known != null) {
      return known;
    }
    ThreadSigns first = new ThreadSigns(names);
    signs.put(there, first);
    RunThread ours = here.first();
    if (there.creator() == null && ours != null && !taken.containsKey(ours)) {
      take(first, ours);
    }
    return first;
  }

  /// A thread was made in the guest.
  ///
  /// @param call by which its creator has made it
  /// @param pointer the creator's stack pointer
  /// @param memory the creator's memory
  void made(RunThread there, CallKey call, long pointer, RemoteMemory memory) {
    RunThread creator = there.creator();
    if (creator == null) {
      return;
    }
    Set<StackPrint> fitting = new HashSet<>();
    for (StackPrint each : makers().getOrDefault(call.place(), Set.of())) {
      if (each.fits(pointer, memory)) {
        fitting.add(each);
      }
    }
    ThreadSigns made = signs(creator).makes(call.place(), fitting);
    signs.put(there, made);
    if (!takeFree(made)) {
      change(made, GENERATIONS);
    }
  }

  /// The stacks with which threads were made here, by the call.
  private Map<CallKey.Place, Set<StackPrint>> makers() {
    Map<CallKey.Place, Set<StackPrint>> known = makers;
    if (known == null) {
      known = new HashMap<>();
      for (RunThread each : here.threads()) {
        if (each.making() != null) {
          known.computeIfAbsent(each.making(), place -> new HashSet<>()).add(each.makingStack());
        }
      }
      makers = known;
    }
    return known;
  }

  /// A guest's thread runs another program.
  void executed(RunThread there, String program) {
    ThreadSigns thread = signs(there);
    thread.executed(program);
    change(thread, GENERATIONS);
    RunThread ours = byGuest.get(thread);
    if (ours != null && thread.creator() != null && !thread.ran(ours)) {
      release(thread);
    }
  }

  /// A guest's thread makes a call that is like one of those that are looked for.
  void called(RunThread there, CallKey call) {
    ThreadSigns thread = signs(there);
    ThreadSigns.Call tells =
        new ThreadSigns.Call(call.place(), call.paths(), here.paths().containsAll(call.paths()));
    CallKey.Place making = thread.making();
    if (making != null && isMadeHere(thread, making, tells) && thread.called(tells)) {
      change(thread, GENERATIONS);
    }
  }

  /// Whether any thread here that was made as this one was has made a call; else it tells nothing.
  private boolean isMadeHere(ThreadSigns thread, CallKey.Place making, ThreadSigns.Call call) {
    return madeHere
        .computeIfAbsent(making, place -> new HashMap<>())
        .computeIfAbsent(
            call,
            each ->
                here.threads().stream()
                    .anyMatch(ours -> making.equals(ours.making()) && thread.made(ours, each)));
  }

  /// Gives a thread another counterpart if it has none that fits; else its creator.
  private void change(ThreadSigns thread, int generations) {
    ThreadSigns creator = thread.creator();
    if (creator == null) {
      return; // the first one is the first one
    }
    RunThread ours = byGuest.get(thread);
    if ((ours == null || !thread.mayBe(ours)) && !exchange(thread) && !exchangeExactly(thread)) {
      thread.setOnlyThere(!thread.isAnyOf(here.threads()));
      if (generations > 0) {
        change(creator, generations - 1);
      }
    }
  }

  /// The same where no candidate has done all of it.
  private boolean exchangeExactly(ThreadSigns thread) {
    RunThread ours = byGuest.get(thread);
    exactly = true;
    try {
      return (ours != null && thread.mayBe(ours, true)) || exchange(thread);
    } finally {
      exactly = false;
    }
  }

  private boolean exchange(ThreadSigns thread) {
    RunThread before = byGuest.get(thread);
    if (before != null) {
      taken.remove(before);
    }
    if (assign(thread, new HashSet<>(Set.of(thread)))) {
      return true;
    }
    if (before != null) {
      taken.put(before, thread);
    }
    return false;
  }

  /// Gives a thread a counterpart that fits, if need be another's that has another one to take.
  private boolean assign(ThreadSigns thread, Set<ThreadSigns> asked) {
    if (takeFree(thread)) {
      return true;
    }
    for (RunThread each : brothers(thread)) {
      ThreadSigns owner = taken.get(each);
      if (owner != null
          && asked.size() < MOST_CHANGES
          && thread.mayBe(each, exactly)
          && asked.add(owner)
          && (assign(owner, asked) || (thread.isMadeAlike(each) && !owner.isMadeAlike(each)))) {
        if (each.equals(byGuest.get(owner))) {
          release(owner);
        }
        take(thread, each);
        return true;
      }
    }
    return false;
  }

  private boolean takeFree(ThreadSigns thread) {
    for (RunThread each : brothers(thread)) {
      if (!taken.containsKey(each) && thread.mayBe(each, exactly)) {
        take(thread, each);
        return true;
      }
    }
    return false;
  }

  private List<RunThread> brothers(ThreadSigns thread) {
    ThreadSigns creator = thread.creator();
    RunThread ours = creator == null ? null : byGuest.get(creator);
    return ours == null ? List.of() : thread.brothers(ours);
  }

  private void take(ThreadSigns thread, RunThread ours) {
    release(thread);
    put(thread, ours);
    ArrayDeque<ThreadSigns> left = new ArrayDeque<>(thread.children());
    while (!left.isEmpty()) {
      ThreadSigns child = left.removeFirst();
      for (RunThread each : brothers(child)) {
        if (!taken.containsKey(each) && child.mayBe(each, exactly)) {
          put(child, each);
          left.addAll(child.children());
          break;
        }
      }
    }
  }

  private void put(ThreadSigns thread, RunThread ours) {
    byGuest.put(thread, ours);
    taken.put(ours, thread);
  }

  /// Takes its counterpart from a thread, and theirs from those that it made.
  private void release(ThreadSigns thread) {
    ArrayDeque<ThreadSigns> left = new ArrayDeque<>(List.of(thread));
    while (!left.isEmpty()) {
      ThreadSigns each = left.removeFirst();
      RunThread before = byGuest.remove(each);
      if (before != null) {
        taken.remove(before, each);
        left.addAll(each.children());
      }
    }
  }
}
