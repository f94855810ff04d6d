package trapline.follow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.CallKey;
import trapline.model.StackPrint;
import trapline.model.ThreadPath;

/// One thread of a run: where it stands in the tree of threads and processes, what programs it ran,
/// and which calls it made.
public final class RunThread {
  /// A call that was made.
  ///
  /// @param result what the kernel gave back; `null` when it has not returned, or the call was not
  ///     kept
  public record Made(CallKey key, @Nullable Long result) {}

  /// A process that comes to run more programs is not followed any further in what it runs.
  private static final int MOST_PROGRAMS = 10_000;

  private final @Nullable RunThread creator;
  private final CallKey.@Nullable Place making;
  private final StackPrint makingStack;
  private final List<RunThread> children = new ArrayList<>();
  private final List<String> programs = new ArrayList<>();
  private final List<Made> calls = new ArrayList<>();
  private final Map<CallKey.Place, Integer> made = new HashMap<>();
  private final Map<CallKey.Place, Long> occurrences = new HashMap<>();
  private final Map<Exact, Long> repetitions = new HashMap<>();
  private final Map<CallKey.Place, Set<List<String>>> paths = new HashMap<>();
  private final List<ThreadPath> ways = new ArrayList<>();
  private ThreadPath path;
  private int indexed;

  private record Exact(CallKey.Place place, List<String> paths) {}

  /// A thread that the run already had when it was first seen.
  RunThread(ThreadPath path) {
    this.path = path;
    ways.add(path);
    this.creator = null;
    this.making = null;
    this.makingStack = StackPrint.UNKNOWN;
  }

  private RunThread(RunThread creator, CallKey making, ThreadPath path) {
    this.path = path;
    ways.add(path);
    this.creator = creator;
    this.making = making.place();
    this.makingStack = making.stack();
  }

  /// A thread or process that this one makes.
  ///
  /// @param name of the call that it makes it with
  RunThread makes(String name, CallKey call) {
    CallKey.Place place = call.place();
    int nth = made.merge(place, 1, Integer::sum);
    RunThread child = new RunThread(this, call, path.made(name, place.offset(), nth));
    children.add(child);
    return child;
  }

  /// It runs another program from here on.
  void runs(String program) {
    if (programs.size() >= MOST_PROGRAMS) {
      return;
    }
    programs.add(program);
    path = path.running(program.substring(program.lastIndexOf('/') + 1));
    ways.add(path);
  }

  /// Counts a call, and says how often it was made by its place.
  long occurrence(CallKey.Place place) {
    return occurrences.merge(place, 1L, Long::sum);
  }

  /// The same of calls with the same descriptors and paths.
  long repetition(CallKey.Place exact, List<String> paths) {
    return repetitions.merge(new Exact(exact, paths), 1L, Long::sum);
  }

  void keep(CallKey key) {
    calls.add(new Made(key, null));
  }

  /// More is known of the last call.
  void known(CallKey key) {
    if (!calls.isEmpty()
        && calls.getLast().key().instruction() == key.instruction()
        && calls.getLast().key().occurrence() == key.occurrence()) {
      calls.set(calls.size() - 1, new Made(key, calls.getLast().result()));
    }
  }

  void returned(long result) {
    if (!calls.isEmpty() && calls.getLast().result() == null) {
      calls.set(calls.size() - 1, new Made(calls.getLast().key(), result));
    }
  }

  /// Its way down the tree so far.
  public ThreadPath path() {
    return path;
  }

  /// Its way down the tree when it had run so many programs since it was made; `null` when it never
  /// did.
  public @Nullable ThreadPath way(int programsRun) {
    return programsRun < ways.size() ? ways.get(programsRun) : null;
  }

  /// Who made it; `null` when the run already had it.
  public @Nullable RunThread creator() {
    return creator;
  }

  /// By what call it was made; `null` when the run already had it.
  public CallKey.@Nullable Place making() {
    return making;
  }

  /// Who made that call, as far as it is known.
  public StackPrint makingStack() {
    return makingStack;
  }

  /// Those that it made, in their order.
  public List<RunThread> children() {
    return children;
  }

  /// The programs that it came to run after it was made, in their order, by the paths that it gave.
  public List<String> programs() {
    return programs;
  }

  /// How often it made calls of a place.
  public long count(CallKey.Place place) {
    return occurrences.getOrDefault(place, 0L);
  }

  /// The paths of the calls that it made of a place.
  public Set<List<String>> paths(CallKey.Place place) {
    if (indexed != repetitions.size()) {
      indexed = repetitions.size();
      paths.clear();
      for (Exact each : repetitions.keySet()) {
        paths.computeIfAbsent(each.place().common(), any -> new HashSet<>()).add(each.paths());
      }
    }
    return paths.getOrDefault(place, Set.of());
  }

  /// The calls that were kept of it, in their order.
  public List<Made> calls() {
    return calls;
  }
}
