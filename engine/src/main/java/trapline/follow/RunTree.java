package trapline.follow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.model.CallKey;
import trapline.model.StackPrint;
import trapline.model.SyscallId;
import trapline.model.ThreadPath;

/// The threads and processes of a run, and their calls, numbered so that the same call can be found
/// in another run.
public final class RunTree {
  /// When a run makes more different calls than this, further ones are neither counted nor kept;
  /// further threads are kept only while they run.
  static final int MOST = 100_000;

  private final Map<Integer, RunThread> running = new HashMap<>();
  private final Map<Integer, CallKey> last = new HashMap<>();
  private final List<RunThread> all = new ArrayList<>();
  private final Set<String> paths = new LinkedHashSet<>();
  private final boolean keeps;
  private int found;
  private boolean cut;
  private long counted;
  private long kept;

  /// @param keeps whether the calls are kept, to be looked at when the run is over
  public RunTree(boolean keeps) {
    this.keeps = keeps;
  }

  /// Forgets what was before: the program begins here.
  ///
  /// @param threadId its first thread
  void restart(int threadId) {
    running.clear();
    last.clear();
    all.clear();
    paths.clear();
    found = 0;
    cut = false;
    counted = 0;
    kept = 0;
    thread(threadId);
  }

  /// Counts a call that a thread is about to make.
  ///
  /// @param threadId any number that tells threads apart
  /// @param instruction address behind the trap's instruction
  /// @param arguments the six argument registers
  public CallKey entered(
      int threadId,
      SyscallId id,
      long instruction,
      List<Long> arguments,
      List<PathArguments.Named> named) {
    RunThread thread = thread(threadId);
    List<String> texts = named.stream().map(PathArguments.Named::text).toList();
    CallKey uncounted =
        new CallKey(
            thread.path(),
            id,
            instruction,
            KeyArguments.of(id, arguments),
            texts,
            0,
            0,
            StackPrint.UNKNOWN);
    CallKey key = uncounted;
    if (counted < MOST) {
      CallKey.Place place = uncounted.place();
      long occurrence = thread.occurrence(place);
      long repetition = thread.repetition(uncounted.exactPlace(), texts);
      counted += repetition == 1 ? 1 : 0;
      key = uncounted.counted(occurrence, repetition);
    } else {
      cut = true;
    }
    for (String each : texts) {
      if (paths.size() < MOST) {
        paths.add(each);
      }
    }
    last.put(threadId, key);
    if (keeps && kept < MOST) {
      kept++;
      thread.keep(key);
    }
    return key;
  }

  /// Who called is known of the call that a thread makes.
  ///
  /// @return the call with it
  CallKey called(int threadId, CallKey key, StackPrint stack) {
    CallKey known = key.with(stack);
    last.put(threadId, known);
    RunThread thread = running.get(threadId);
    if (keeps && thread != null) {
      thread.known(known);
    }
    return known;
  }

  /// A thread's call has returned.
  void returned(int threadId, long result) {
    RunThread thread = running.get(threadId);
    if (keeps && thread != null) {
      thread.returned(result);
    }
  }

  /// A thread has made another one, in its last call.
  public RunThread made(int creatorId, int threadId) {
    CallKey call = last.get(creatorId);
    if (call == null) {
      return thread(threadId);
    }
    String name = SyscallTable.of(call.id().abi()).nameOf(call.id().number());
    last.remove(threadId);
    if (all.size() >= MOST) {
      cut = true;
      running.remove(threadId);
      return thread(threadId);
    }
    RunThread made = thread(creatorId).makes(name, call);
    running.put(threadId, made);
    all.add(made);
    return made;
  }

  /// A thread runs another program, the one that its last call has named.
  ///
  /// @param formerId the number that it had before
  /// @return that program's path; empty when it is not known
  public String executed(int threadId, int formerId) {
    CallKey call = last.get(formerId);
    String program = call == null || call.paths().isEmpty() ? "" : call.paths().getFirst();
    RunThread thread = thread(formerId);
    if (formerId != threadId) {
      running.remove(formerId);
      running.put(threadId, thread);
    }
    thread.runs(program);
    return program;
  }

  /// A thread is gone; the kernel gives its number out again.
  void ended(int threadId) {
    running.remove(threadId);
    last.remove(threadId);
  }

  /// The thread of that number.
  public RunThread thread(int threadId) {
    return running.computeIfAbsent(
        threadId,
        each -> {
          RunThread first = new RunThread(ThreadPath.found(found++));
          if (all.size() < MOST) {
            all.add(first);
          }
          return first;
        });
  }

  /// Whether there were more threads or different calls than are kept.
  public boolean isCut() {
    return cut;
  }

  /// The thread that made the run's first call; `null` when there was none.
  public @Nullable RunThread first() {
    return all.isEmpty() ? null : all.getFirst();
  }

  /// All threads that there were, in the order in which they were made.
  public List<RunThread> threads() {
    return Collections.unmodifiableList(all);
  }

  /// The paths that calls named.
  public Set<String> paths() {
    return Collections.unmodifiableSet(paths);
  }
}
