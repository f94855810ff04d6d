package trapline.linux.vm;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The guest's threads, told apart by their kernel stacks, and which of them are the program's: its
/// first thread, and all that began after it did. No other process of the guest starts one before
/// the program has ended.
final class ThreadTable {
  /// `THREAD_SIZE` of x86-64; stacks lie at multiples of it.
  static final long STACK_SIZE = 16 << 10;

  /// One of the program's threads.
  static final class Known {
    private final int ordinal;

    private Known(int ordinal) {
      this.ordinal = ordinal;
    }

    int ordinal() {
      return ordinal;
    }
  }

  private final Map<Long, Known> threads = new HashMap<>();
  private final Set<Long> fresh = new HashSet<>();
  private int count;
  private long waiting;

  static long stackOf(long stackPointer) {
    return stackPointer & -STACK_SIZE;
  }

  /// The thread that starts the program and waits for its end.
  void waits(long stack) {
    waiting = stack;
  }

  boolean isWaiting(long stack) {
    return stack == waiting;
  }

  /// The program's first thread.
  void first(long stack) {
    fresh.clear();
    threads.put(stack, new Known(++count));
  }

  boolean hasFirst() {
    return count > 0;
  }

  /// A thread begins to run on this stack, perhaps where one that ended had been.
  void begins(long stack) {
    threads.remove(stack);
    fresh.add(stack);
  }

  /// The program's thread on a stack; `null` when it is not the program's.
  @Nullable Known of(long stack) {
    Known known = threads.get(stack);
    if (known == null && count > 0 && fresh.remove(stack)) {
      known = new Known(++count);
      threads.put(stack, known);
    }
    return known;
  }
}
