package trapline.follow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import trapline.model.CallKey;
import trapline.model.SyscallId;

/// Numbers the calls of a run, so that another run's same call can be told.
public final class CallCounter {
  /// A run that makes more different calls has no repetitions counted from there on.
  private static final int MOST_DIFFERENT = 200_000;

  private final Map<Integer, Integer> threads = new HashMap<>();
  private final Map<Site, Long> occurrences = new HashMap<>();
  private final Map<Same, Long> repetitions = new HashMap<>();
  private int next;

  private record Site(int thread, SyscallId id, int offset) {}

  private record Same(Site site, List<Integer> plain, List<String> paths) {}

  /// Forgets what was counted: the program begins here.
  void restart() {
    threads.clear();
    occurrences.clear();
    repetitions.clear();
    next = 0;
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
    int thread = threads.computeIfAbsent(threadId, each -> next++);
    List<String> paths = named.stream().map(PathArguments.Named::text).toList();
    Site site = new Site(thread, id, CallKey.offset(instruction));
    long occurrence = occurrences.merge(site, 1L, Long::sum);
    Same same = new Same(site, CallKey.plain(arguments), paths);
    boolean counted = repetitions.size() < MOST_DIFFERENT || repetitions.containsKey(same);
    long repetition = counted ? repetitions.merge(same, 1L, Long::sum) : 0;
    return new CallKey(thread, id, instruction, arguments, paths, occurrence, repetition);
  }

  /// A thread is gone; the kernel gives its number out again.
  void ended(int threadId) {
    threads.remove(threadId);
  }
}
