package trapline.linux.vm;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The guest's threads, told apart by their kernel stacks, and which of them are the program's: its
/// first thread, and all that this and they have made.
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
    threads.put(stack, new Known(++count));
  }

  boolean hasFirst() {
    return count > 0;
  }

  /// A thread was made, perhaps on the stack of one that has ended.
  ///
  /// @param creator the thread that has made it; `null` when that is not the program's
  /// @return the new one; `null` when it is not the program's
  @Nullable Known made(@Nullable Known creator, long stack) {
    threads.remove(stack);
    if (creator == null) {
      return null;
    }
    Known made = new Known(++count);
    threads.put(stack, made);
    return made;
  }

  /// The program's thread on a stack; `null` when it is not the program's.
  @Nullable Known of(long stack) {
    return threads.get(stack);
  }
}
