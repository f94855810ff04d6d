package trapline.linux.ptrace;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The traced threads, in the order in which they came.
final class ThreadTable {
  private final Map<Integer, TracedThread> threads = new LinkedHashMap<>();
  private final Set<Integer> gone = new HashSet<>();

  /// The ids in inner PID namespaces of processes that have ended: depth and id.
  private final Set<Long> goneNested = new HashSet<>();

  private @Nullable TracedThread last;

  @Nullable TracedThread get(int threadId) {
    TracedThread recent = last;
    if (recent != null && recent.threadId == threadId) {
      return recent;
    }
    TracedThread found = threads.get(threadId);
    if (found != null) {
      last = found;
    }
    return found;
  }

  void add(TracedThread thread) {
    threads.put(thread.threadId, thread);
  }

  void remove(TracedThread thread) {
    threads.remove(thread.threadId, thread);
    gone.add(thread.processId);
    for (int depth = 2; depth <= thread.namespaceIds.length; depth++) {
      goneNested.add(nested(thread.namespaceIds[depth - 1], depth));
    }
    if (last == thread) {
      last = null;
    }
  }

  /// Gives a thread another id, whose former owner is gone.
  void rename(TracedThread thread, int threadId) {
    remove(thread);
    thread.threadId = threadId;
    threads.put(threadId, thread);
    last = null;
  }

  boolean isEmpty() {
    return threads.isEmpty();
  }

  int size() {
    return threads.size();
  }

  Collection<TracedThread> all() {
    return threads.values();
  }

  /// A copy, for when the table changes while it is gone through.
  List<TracedThread> snapshot() {
    return new ArrayList<>(threads.values());
  }

  @Nullable TracedThread anyOfProcess(int processId) {
    for (TracedThread thread : threads.values()) {
      if (thread.processId == processId && !thread.early) {
        return thread;
      }
    }
    return null;
  }

  /// Whether a process is traced, or was.
  boolean hasSeen(int processId) {
    return gone.contains(processId) || anyOfProcess(processId) != null;
  }

  /// The same of a process that has an id in a PID namespace at a depth, 1 for the outermost. Two
  /// namespaces at one depth are not told apart.
  boolean hasSeenNested(int id, int depth) {
    if (goneNested.contains(nested(id, depth))) {
      return true;
    }
    for (TracedThread thread : threads.values()) {
      int[] ids = thread.namespaceIds;
      if (ids.length >= depth && ids[depth - 1] == id) {
        return true;
      }
    }
    return false;
  }

  private static long nested(int id, int depth) {
    return (long) depth << 32 | id;
  }

  void clear() {
    threads.clear();
    last = null;
  }
}
