package trapline.follow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import trapline.model.CallKey;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// Numbers the calls of a run, so that another run's same call can be told.
final class CallCounter {
  private static final int ARGUMENTS = 6;

  private final Map<Integer, Integer> threads = new HashMap<>();
  private final Map<ThreadCall, Long> counts = new HashMap<>();
  private int next;

  private record ThreadCall(int thread, SyscallId id) {}

  /// Forgets what was counted: the program begins here.
  void restart() {
    threads.clear();
    counts.clear();
    next = 0;
  }

  /// Counts a call that a thread is about to make.
  CallKey entered(int threadId, SyscallId id, Registers registers) {
    int thread = threads.computeIfAbsent(threadId, each -> next++);
    long occurrence = counts.merge(new ThreadCall(thread, id), 1L, Long::sum);
    List<Long> arguments = new ArrayList<>(ARGUMENTS);
    for (int i = 0; i < ARGUMENTS; i++) {
      arguments.add(registers.argument(id.abi(), i));
    }
    return new CallKey(thread, id, occurrence, registers.rip(), arguments);
  }

  /// A thread is gone; the kernel gives its number out again.
  void ended(int threadId) {
    threads.remove(threadId);
  }
}
