package trapline.linux.ptrace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;

/// Waits for stops and ends of threads, fairly, and can be interrupted.
///
/// A wait is interrupted as the Java library interrupts its own blocking reads: by a real-time
/// signal whose handler does nothing and that does not restart calls. It is sent again until the
/// wait has ended, so that none is lost between the look at the request and the wait.
final class Waiter {
  /// Not used by glibc, musl (32 to 34) or the Java library (62).
  private static final int WAKE_SIGNAL = 61;

  /// glibc's and musl's `struct sigaction`: handler, mask of 128 bytes, flags, restorer.
  private static final int SIGACTION_SIZE = 152;

  private static final int SIG_UNBLOCK = 1;

  private record Pending(int threadId, int status) {}

  private final Ptrace ptrace;
  private final ThreadTable threads;
  private final int processId;
  private final int tracerThreadId;
  private final ArrayDeque<Pending> queue = new ArrayDeque<>();
  private int status;
  private volatile boolean waiting;
  private volatile boolean requested;

  Waiter(Ptrace ptrace, ThreadTable threads) {
    this.ptrace = ptrace;
    this.threads = threads;
    processId = (int) ProcessHandle.current().pid();
    tracerThreadId = (int) ptrace.kernel().syscall(Numbers.GETTID, 0, 0, 0);
    installHandler(ptrace.kernel());
  }

  private static void installHandler(Kernel kernel) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(SIGACTION_SIZE, 8);
      // abs(3) as the handler: it takes an int, does nothing, and is there in every C library.
      action.set(ValueLayout.ADDRESS, 0, Kernel.function("abs"));
      kernel.call(Kernel.function("sigaction"), WAKE_SIGNAL, action.address(), 0, 0, 0, 0);
      MemorySegment set = arena.allocate(8, 8);
      set.set(ValueLayout.JAVA_LONG, 0, 1L << (WAKE_SIGNAL - 1));
      kernel.syscall(Numbers.RT_SIGPROCMASK, SIG_UNBLOCK, set.address(), 0, 8);
    }
  }

  /// The tracing thread, as the kernel names it in `TracerPid`.
  int tracerThreadId() {
    return tracerThreadId;
  }

  /// The status that the last wait gave.
  int status() {
    return status;
  }

  /// Waits for any thread.
  ///
  /// @return its id, `-EINTR` when someone asked for that, or `-ECHILD` when there is none
  int awaitAny() {
    Pending pending = queue.poll();
    if (pending != null) {
      return take(pending);
    }
    if (requested) {
      requested = false;
      return -Numbers.EINTR;
    }
    int threadId = block(-1);
    if (threadId > 0 && threads.size() > 1) {
      drain();
    }
    return threadId;
  }

  /// Keeps what other threads have to report, in their order. The kernel always looks at the same
  /// thread first: a busy one would keep the others waiting for ever.
  private void drain() {
    int first = status;
    int threadId;
    while ((threadId = ptrace.await(-1, Numbers.WNOHANG)) > 0) {
      keep(threadId, ptrace.status());
    }
    status = first;
  }

  private void keep(int threadId, int threadStatus) {
    queue.add(new Pending(threadId, threadStatus));
    TracedThread thread = threads.get(threadId);
    if (thread != null) {
      thread.queued = true;
    }
  }

  private int take(Pending pending) {
    TracedThread thread = threads.get(pending.threadId);
    if (thread != null) {
      thread.queued = false;
    }
    status = pending.status;
    return pending.threadId;
  }

  /// Waits for one thread.
  ///
  /// @return its id, `-EINTR` when someone asked for that, or `-ECHILD` when it has vanished
  int awaitThread(int threadId) {
    Pending pending = takeQueued(threadId);
    if (pending != null) {
      return take(pending);
    }
    if (threads.size() <= 1) {
      return block(threadId);
    }
    // A leader that was killed is reported only once all its threads have been waited for, so a
    // wait for it alone would never end.
    while (true) {
      int result = ptrace.await(threadId, Numbers.WNOHANG);
      if (result != 0) {
        status = ptrace.status();
        return result;
      }
      result = block(-1);
      if (result < 0 || result == threadId) {
        return result;
      }
      keep(result, status);
    }
  }

  /// As [#awaitThread(int)], but nobody can interrupt it: for waits that are bound to end.
  int awaitSurely(int threadId) {
    while (true) {
      int result = ptrace.await(threadId, 0);
      if (result != -Numbers.EINTR) {
        status = ptrace.status();
        return result;
      }
    }
  }

  /// What is there without waiting.
  ///
  /// @param threadId the thread, or -1 for any
  /// @return its id, or 0 or less for nothing
  int poll(int threadId) {
    Pending pending = threadId == -1 ? queue.poll() : takeQueued(threadId);
    if (pending != null) {
      return take(pending);
    }
    int result = ptrace.await(threadId, Numbers.WNOHANG);
    status = ptrace.status();
    return result;
  }

  private @Nullable Pending takeQueued(int threadId) {
    if (queue.isEmpty()) {
      return null;
    }
    for (Iterator<Pending> i = queue.iterator(); i.hasNext(); ) {
      Pending pending = i.next();
      if (pending.threadId == threadId) {
        i.remove();
        return pending;
      }
    }
    return null;
  }

  private int block(int threadId) {
    while (true) {
      waiting = true;
      int result;
      if (requested) {
        result = -Numbers.EINTR;
      } else {
        result = ptrace.await(threadId, 0);
      }
      waiting = false;
      if (result != -Numbers.EINTR) {
        status = ptrace.status();
        return result;
      }
      if (requested) {
        requested = false;
        return result;
      }
    }
  }

  /// Ends a wait, now or the next time that one begins.
  void interrupt() {
    requested = true;
    Kernel kernel = new Kernel();
    while (waiting && requested) {
      kernel.syscall(Numbers.TGKILL, processId, tracerThreadId, WAKE_SIGNAL);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
