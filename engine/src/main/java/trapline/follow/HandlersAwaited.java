package trapline.follow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// The ways back that a signal handler has interrupted, until it returns to them. A handler's own
/// calls may be interrupted in turn.
///
/// @param <C> what is known of the call
final class HandlersAwaited<C> {
  /// @param call what the way back belongs to
  record Interrupted<C>(C call, WayBack way) {}

  private final Map<Integer, Deque<Interrupted<C>>> threads = new HashMap<>();

  void add(int thread, C call, WayBack way) {
    threads.computeIfAbsent(thread, each -> new ArrayDeque<>()).push(new Interrupted<>(call, way));
  }

  /// Whether a call is the one by which a signal handler returns.
  static boolean isSignalReturn(SyscallId id) {
    String name = SyscallTable.of(id.abi()).nameOf(id.number());
    return name.equals("rt_sigreturn") || name.equals("sigreturn");
  }

  /// Takes the one that a handler returns to; `null` when it returns to none.
  @Nullable Interrupted<C> returned(int thread, Registers registers) {
    Deque<Interrupted<C>> open = threads.isEmpty() ? null : threads.get(thread);
    if (open == null) {
      return null;
    }
    for (Iterator<Interrupted<C>> i = open.iterator(); i.hasNext(); ) {
      Interrupted<C> each = i.next();
      if (each.way().goesOnAt(registers)) {
        i.remove();
        if (open.isEmpty()) {
          threads.remove(thread);
        }
        return each;
      }
    }
    return null;
  }

  /// Takes those that a thread has left for good, as a call that it makes shows.
  List<Interrupted<C>> left(int thread, Registers entry) {
    Deque<Interrupted<C>> open = threads.isEmpty() ? null : threads.get(thread);
    if (open == null) {
      return List.of();
    }
    List<Interrupted<C>> left = new ArrayList<>();
    open.removeIf(each -> each.way().isLeftBy(entry) && left.add(each));
    return left;
  }

  /// Takes those of a thread that is gone or runs another program, the innermost first.
  List<Interrupted<C>> ended(int thread) {
    Deque<Interrupted<C>> open = threads.remove(thread);
    return open == null ? List.of() : List.copyOf(open);
  }

  /// Takes all that are left.
  List<Interrupted<C>> all() {
    List<Interrupted<C>> all = new ArrayList<>();
    threads.values().forEach(all::addAll);
    threads.clear();
    return all;
  }
}
