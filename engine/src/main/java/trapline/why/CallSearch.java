package trapline.why;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.follow.RunThread;
import trapline.follow.RunTree;
import trapline.linux.vm.CallSelection;
import trapline.linux.vm.CallWatcher;
import trapline.linux.vm.GuestCall;
import trapline.linux.vm.GuestView;
import trapline.linux.vm.Recording;
import trapline.model.CallKey;
import trapline.model.StackPrint;

/// Looks for wanted calls in a guest's run, and has them recorded.
final class CallSearch implements CallWatcher {
  /// Is given what may have been found.
  interface Finder {
    /// A call that may be a wanted one is over.
    ///
    /// @param recording what the kernel did in it; its file is only there until this method returns
    /// @return whether it ended as the wanted one did
    boolean seen(CallMatch.Match match, GuestCall call, Recording recording);

    /// One that was seen is the wanted one.
    void found(CallMatch.Match match);
  }

  /// Ends a guest in which there is no more to see.
  static final class AllFound extends RuntimeException {
    private static final long serialVersionUID = 1;

    AllFound() {
      super("all that was asked for was found", null, false, false);
    }
  }

  /// The calls of one place in one thread of the guest.
  private record Row(RunThread there, CallKey.Place place) {}

  /// One of them in the guest.
  private static final class Member {
    final CallKey key;
    final Set<StackPrint> fitting;
    OptionalLong result = OptionalLong.empty();
    CallMatch.@Nullable Match possible;

    Member(CallKey key, Set<StackPrint> fitting) {
      this.key = key;
      this.fitting = fitting;
    }
  }

  private final List<CallKey> wanted;
  private final PathNames names;
  private final CallMatch match;
  private final WantedPlaces places;
  private final GuestRun run;
  private final Finder finder;
  private final Map<GuestCall, CallMatch.Match> running = new HashMap<>();
  private final Map<GuestCall, Member> members = new HashMap<>();
  private final Map<Row, List<Member>> rows = new LinkedHashMap<>();
  private final Map<CallKey.Place, Set<StackPrint>> stacks = new HashMap<>();
  private int left;

  /// @param here the run that the wanted calls are of
  CallSearch(List<CallKey> wanted, RunTree here, PathNames names, Finder finder) {
    this.wanted = List.copyOf(wanted);
    this.names = names;
    this.left = wanted.size();
    this.places = WantedPlaces.of(wanted, here);
    this.match = new CallMatch(wanted, names, places.crowded());
    this.run = new GuestRun(here, names);
    this.finder = finder;
    for (CallKey each : wanted) {
      stacks.computeIfAbsent(each.place(), place -> new HashSet<>()).add(each.stack());
    }
  }

  /// The wanted calls that have not been found.
  List<CallKey> missing() {
    List<CallKey> missing = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      if (!match.isSettled(i)) {
        missing.add(wanted.get(i));
      }
    }
    return missing;
  }

  @Override
  public CallSelection selection() {
    return places.selection();
  }

  @Override
  public boolean entered(GuestCall call, GuestView guest) {
    GuestRun.Entered entered = run.entered(call, guest, match::wants);
    if (!match.wants(entered.key())) {
      return false;
    }
    CallKey.Place place = entered.key().place();
    Set<StackPrint> fitting = new HashSet<>();
    for (StackPrint each : stacks.getOrDefault(place, Set.of())) {
      if (each.fits(call.sp(), entered.memory())) {
        fitting.add(each);
      }
    }
    Member member = new Member(entered.key(), fitting);
    rows.computeIfAbsent(new Row(entered.there(), place), row -> new ArrayList<>()).add(member);
    CallMatch.Match matched = match.entered(entered.key(), entered.way(), fitting::contains);
    if (matched != null) {
      running.put(call, matched);
      members.put(call, member);
    }
    return matched != null;
  }

  @Override
  public void recorded(GuestCall call, Recording recording) {
    CallMatch.Match matched = running.remove(call);
    Member member = members.remove(call);
    if (matched == null || member == null) {
      return;
    }
    member.result = recording.result();
    if (!finder.seen(matched, call, recording)) {
      return;
    }
    if (matched.certainty() == CallMatch.Certainty.POSSIBLE) {
      member.possible = matched;
    } else {
      settle(matched);
      if (left == 0) {
        throw new AllFound();
      }
    }
  }

  private void settle(CallMatch.Match found) {
    match.settle(found.wanted());
    left--;
    finder.found(found);
  }

  /// The run is over: those of which there were several are told by their order.
  void finish() {
    for (Map.Entry<Row, List<Member>> row : rows.entrySet()) {
      List<Member> there = row.getValue();
      RunThread ours = run.ours(row.getKey().there());
      if (ours == null || there.stream().allMatch(each -> each.possible == null)) {
        continue;
      }
      List<RunThread.Made> here =
          ours.calls().stream()
              .filter(each -> each.key().place().equals(row.getKey().place()))
              .toList();
      List<Integer> partners =
          CallAlignment.of(here.size(), there.size(), (i, k) -> isAlike(here.get(i), there.get(k)));
      for (int i = 0; i < here.size(); i++) {
        int partner = partners.get(i);
        CallMatch.Match possible = partner < 0 ? null : there.get(partner).possible;
        if (possible != null
            && !match.isSettled(possible.wanted())
            && isSame(wanted.get(possible.wanted()), here.get(i).key())) {
          settle(possible);
        }
      }
    }
  }

  private static boolean isSame(CallKey wanted, CallKey made) {
    return wanted.thread().equals(made.thread()) && wanted.occurrence() == made.occurrence();
  }

  private boolean isAlike(RunThread.Made here, Member there) {
    StackPrint stack = here.key().stack();
    Long result = here.result();
    return names.alike(here.key().paths(), there.key.paths())
        && (stack.levels().isEmpty()
            || !stacks.getOrDefault(here.key().place(), Set.of()).contains(stack)
            || there.fitting.contains(stack))
        && (result == null
            || there.result.isEmpty()
            || GuestObserver.error(result) == GuestObserver.error(there.result.getAsLong()));
  }

  @Override
  public void made(int creator, int thread) {
    run.made(creator, thread);
  }

  @Override
  public void executed(int thread) {
    run.executed(thread);
  }
}
