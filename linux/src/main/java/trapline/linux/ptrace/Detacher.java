package trapline.linux.ptrace;

import java.util.IdentityHashMap;
import java.util.concurrent.locks.LockSupport;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.ptrace.TracedThread.Stop;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;

/// Ends the tracing of all threads, by killing them or by letting go of them.
final class Detacher {
  /// How long to wait for threads that cannot be stopped, such as one that waits for its vfork
  /// child. The kernel lets go of those when the tracing thread ends.
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  private static final long PAUSE_NANOS = 200_000;

  private final Ptrace ptrace;
  private final ThreadTable threads;
  private final Waiter waiter;
  private final Resumer runner;

  Detacher(Ptrace ptrace, ThreadTable threads, Waiter waiter, Resumer runner) {
    this.ptrace = ptrace;
    this.threads = threads;
    this.waiter = waiter;
    this.runner = runner;
  }

  /// Kills every traced process and waits for the end of each.
  void kill() {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (TracedThread thread : threads.all()) {
      ptrace.kernel().syscall(Numbers.KILL, thread.processId, Numbers.SIGKILL, 0);
    }
    while (!threads.isEmpty() && System.nanoTime() < deadline) {
      int threadId = waiter.poll(-1);
      if (threadId == 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
        continue;
      }
      if (threadId < 0) {
        break;
      }
      TracedThread thread = threads.get(threadId);
      if (!Status.isStop(waiter.status())) {
        if (thread != null) {
          threads.remove(thread);
        }
      } else if (thread == null) { // made while its maker was being killed
        threads.add(new TracedThread(threadId, threadId, new TracedMemory()));
        ptrace.kernel().syscall(Numbers.KILL, threadId, Numbers.SIGKILL, 0);
      }
    }
    threads.clear();
  }

  /// StopHandler every thread, takes the breakpoints out, and lets go.
  void detach() {
    stopAll();
    IdentityHashMap<TracedMemory, Boolean> cleaned = new IdentityHashMap<>();
    for (TracedThread thread : threads.all()) {
      if (thread.isStopped() && cleaned.put(thread.space, true) == null) {
        thread.space.removeAll(thread.threadId);
      }
    }
    for (TracedThread thread : threads.all()) {
      if (thread.isStopped()) {
        int signal = runner.takeSignal(thread);
        ptrace.request(Numbers.PTRACE_DETACH, thread.threadId, 0, signal);
      }
    }
    threads.clear();
  }

  private void stopAll() {
    for (TracedThread thread : threads.snapshot()) {
      if (thread.laterStatus != 0) {
        int status = thread.laterStatus;
        thread.laterStatus = 0;
        settle(thread, status);
      }
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      boolean all = true;
      for (TracedThread thread : threads.all()) {
        if (!thread.isStopped() && !ProcessFacts.hasEnded(thread.threadId)) {
          all = false;
          if (!thread.interrupted) {
            thread.interrupted = true;
            ptrace.request(Numbers.PTRACE_INTERRUPT, thread.threadId, 0, 0);
          }
        }
      }
      if (all) {
        return;
      }
      int threadId = waiter.poll(-1);
      if (threadId > 0) {
        TracedThread thread = threads.get(threadId);
        if (thread == null && Status.isStop(waiter.status())) {
          thread = new TracedThread(threadId, threadId, new TracedMemory());
          threads.add(thread);
        }
        if (thread != null) {
          settle(thread, waiter.status());
        }
      } else if (threadId == -Numbers.ECHILD || System.nanoTime() > deadline) {
        return;
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /// Notes how a thread stopped, without telling anyone.
  private void settle(TracedThread thread, int status) {
    if (!Status.isStop(status)) {
      threads.remove(thread);
      return;
    }
    int signal = Status.stopSignal(status);
    thread.stop = Stop.EVENT;
    switch (Status.event(status)) {
      case 0 -> {
        if (Status.isSyscallStop(status)) {
          settleCall(thread);
        } else {
          settleSignal(thread, signal);
        }
      }
      case Numbers.PTRACE_EVENT_FORK, Numbers.PTRACE_EVENT_VFORK, Numbers.PTRACE_EVENT_CLONE -> {
        long flags = ForkFlags.of(ptrace, thread, Status.event(status));
        if (ptrace.fetchEventMessage(thread.threadId) >= 0) {
          int childId = (int) ptrace.peeked();
          TracedMemory space = (flags & Numbers.CLONE_VM) != 0 ? thread.space : thread.space.copy();
          TracedThread child = threads.get(childId);
          if (child == null) {
            threads.add(new TracedThread(childId, childId, space));
          } else {
            child.space = space;
          }
        }
      }
      case Numbers.PTRACE_EVENT_EXEC -> {
        thread.space = new TracedMemory();
        if (ptrace.fetchEventMessage(thread.threadId) >= 0) {
          TracedThread former = threads.get((int) ptrace.peeked());
          if (former != null && former != thread) {
            threads.remove(former);
          }
        }
      }
      case Numbers.PTRACE_EVENT_STOP -> {
        if (StopHandler.isGroupStop(status)) {
          thread.stop = Stop.GROUP;
        } else {
          restart(thread);
        }
      }
      default -> {}
    }
  }

  private void settleCall(TracedThread thread) {
    if (thread.interrupted
        && ptrace.fetchSyscallInfo(thread.threadId) == Numbers.PTRACE_SYSCALL_INFO_ENTRY) {
      if (!Restart.rewind(ptrace, waiter, thread)) {
        thread.stop = Stop.RUNNING;
        settle(thread, waiter.status());
      }
    } else {
      restart(thread);
    }
  }

  private void restart(TracedThread thread) {
    if (ptrace.fetchRegisters(thread.threadId) >= 0) {
      Restart.again(ptrace, thread);
    }
  }

  private void settleSignal(TracedThread thread, int signal) {
    thread.stop = Stop.SIGNAL;
    if (ptrace.fetchSignalInfo(thread.threadId) < 0) {
      return;
    }
    int code = ptrace.signalCode();
    if (signal == Numbers.SIGTRAP) {
      if (thread.stepping && Resumer.isStepCode(code)) {
        return;
      }
      if (code == Numbers.SI_KERNEL && ptrace.fetchRegisters(thread.threadId) >= 0) {
        long address =
            ptrace.register(Ptrace.INSTRUCTION_POINTER) - TracedMemory.BREAKPOINT_ADVANCE;
        if (thread.space.contains(address)) {
          ptrace.setRegister(Ptrace.INSTRUCTION_POINTER, address);
          ptrace.storeRegisters(thread.threadId);
          return;
        }
      }
    }
    thread.restoreInformation(ptrace, signal);
    thread.signal = signal;
  }
}
