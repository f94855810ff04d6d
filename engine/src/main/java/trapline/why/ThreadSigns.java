package trapline.why;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.follow.RunThread;
import trapline.model.CallKey;
import trapline.model.StackPrint;

/// What a thread of a guest's run has done so far, by which it is told from the others that its
/// creator has made from the same place.
final class ThreadSigns {
  /// More calls, and more children, tell no more.
  private static final int MOST = 200;

  /// How many different paths of one place are looked through.
  private static final int MOST_PATHS = 500;

  /// How many generations of children are compared.
  private static final int GENERATIONS = 6;

  /// A call that tells threads apart.
  ///
  /// @param exact whether the run on this machine used exactly these paths
  record Call(CallKey.Place place, List<String> paths, boolean exact) {}

  private final @Nullable ThreadSigns creator;
  private final CallKey.@Nullable Place making;
  private final Set<StackPrint> makers;
  private final PathNames names;
  private final List<ThreadSigns> children = new ArrayList<>();
  private final List<String> programs = new ArrayList<>();
  private final Set<Call> calls = new LinkedHashSet<>();
  private boolean onlyThere;

  /// A thread that the run already had when it was first seen.
  ThreadSigns(PathNames names) {
    this(null, null, Set.of(), names);
  }

  private ThreadSigns(
      @Nullable ThreadSigns creator,
      CallKey.@Nullable Place making,
      Set<StackPrint> makers,
      PathNames names) {
    this.creator = creator;
    this.making = making;
    this.makers = makers;
    this.names = names;
  }

  /// This thread has made another one.
  ///
  /// @param making the call
  /// @param makers the stacks of this machine's run that its creator's stack may be
  ThreadSigns makes(CallKey.Place making, Set<StackPrint> makers) {
    ThreadSigns made = new ThreadSigns(this, making, makers, names);
    children.add(made);
    return made;
  }

  void executed(String program) {
    if (programs.size() < MOST) {
      programs.add(program);
    }
  }

  /// @return whether that may tell more than was known
  boolean called(Call call) {
    return calls.size() < MOST && calls.add(call);
  }

  /// Whether no thread here has done what this one did.
  boolean isOnlyThere() {
    return onlyThere;
  }

  void setOnlyThere(boolean only) {
    onlyThere = only;
  }

  CallKey.@Nullable Place making() {
    return making;
  }

  @Nullable ThreadSigns creator() {
    return creator;
  }

  /// Those that it made, in their order.
  List<ThreadSigns> children() {
    return children;
  }

  /// Those children of a thread here that were made by the same call from the same place; those for
  /// which the same functions called it come first. The others count only when this thread has done
  /// something to be told by: a program may wait for its jobs in one function or another.
  List<RunThread> brothers(RunThread creatorHere) {
    List<RunThread> brothers = new ArrayList<>();
    List<RunThread> others = new ArrayList<>();
    for (RunThread each : creatorHere.children()) {
      if (isMadeAlike(each)) {
        brothers.add(each);
      } else if (isMadeThere(each)) {
        others.add(each);
      }
    }
    if (!programs.isEmpty() || !calls.isEmpty() || !children.isEmpty()) {
      brothers.addAll(others);
    }
    return brothers;
  }

  private boolean isMadeThere(RunThread ours) {
    return ours.making() != null && ours.making().equals(making);
  }

  /// Whether a thread of this machine's run was made from the same place, called by the same
  /// functions.
  boolean isMadeAlike(RunThread ours) {
    StackPrint stack = ours.makingStack();
    return isMadeThere(ours) && (stack.levels().isEmpty() || makers.contains(stack));
  }

  /// Whether any of the threads of this machine's run was made from that place and did all of it.
  boolean isAnyOf(List<RunThread> threads) {
    return threads.stream().anyMatch(each -> isMadeThere(each) && mayBe(each));
  }

  /// Whether a thread of this machine's run has done all of it, too.
  boolean mayBe(RunThread ours) {
    return mayBe(ours, false);
  }

  /// @param exactly whether only names that this machine's run has, too, count: others, such as
  ///     those made of hashes, may be like one here by chance
  boolean mayBe(RunThread ours, boolean exactly) {
    return mayBe(ours, GENERATIONS, exactly);
  }

  private boolean mayBe(RunThread ours, int generations, boolean exactly) {
    return ran(ours)
        && calls.stream().allMatch(each -> (exactly && !each.exact()) || made(ours, each))
        && (generations == 0 || hasChildren(ours, generations - 1, exactly));
  }

  /// Whether a thread of this machine's run came to run the same programs.
  boolean ran(RunThread ours) {
    if (programs.size() > ours.programs().size()) {
      return false;
    }
    for (int i = 0; i < programs.size(); i++) {
      if (!names.alike(ours.programs().get(i), programs.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Whether a thread of this machine's run has made a call, too.
  boolean made(RunThread ours, Call call) {
    Collection<List<String>> known = ours.paths(call.place());
    if (known.contains(call.paths()) || known.size() > MOST_PATHS) {
      return true;
    }
    for (List<String> each : known) {
      if (names.alike(each, call.paths())) {
        return true;
      }
    }
    return false;
  }

  /// Whether each child may be another one of a thread here: one that is taken may be left to a
  /// later child when the earlier one has another to take.
  private boolean hasChildren(RunThread ours, int generations, boolean exactly) {
    Map<RunThread, ThreadSigns> taken = new HashMap<>();
    for (int i = 0; i < children.size() && i < MOST; i++) {
      ThreadSigns child = children.get(i);
      if (!child.onlyThere && !child.finds(ours, taken, new HashSet<>(), generations, exactly)) {
        return false;
      }
    }
    return true;
  }

  private boolean finds(
      RunThread creatorHere,
      Map<RunThread, ThreadSigns> taken,
      Set<RunThread> asked,
      int generations,
      boolean exactly) {
    for (RunThread each : creatorHere.children()) {
      if (isMadeThere(each) && !asked.contains(each) && mayBe(each, generations, exactly)) {
        asked.add(each);
        ThreadSigns owner = taken.get(each);
        if (owner == null
            || (asked.size() < MOST
                && owner.finds(creatorHere, taken, asked, generations, exactly))) {
          taken.put(each, this);
          return true;
        }
      }
    }
    return false;
  }
}
