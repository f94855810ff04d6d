package trapline.linux.ptrace;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import trapline.capture.TraceEvent;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.ptrace.TracedThread.Stop;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// Makes events of what wait4(2) reports.
final class StopHandler {
  /// The code segment of 32-bit programs.
  private static final long CS_32 = 0x23;

  /// The `si_code` of SIGTRAP at a debug register's address.
  private static final int TRAP_HWBKPT = 4;

  private static final int CACHED_CALLS = 512;

  private final Ptrace ptrace;
  private final ThreadTable threads;
  private final Waiter waiter;
  private final ArrayDeque<TraceEvent> ready;
  private final @Nullable SyscallId[] calls = new @Nullable SyscallId[CACHED_CALLS];

  StopHandler(Ptrace ptrace, ThreadTable threads, Waiter waiter, ArrayDeque<TraceEvent> ready) {
    this.ptrace = ptrace;
    this.threads = threads;
    this.waiter = waiter;
    this.ready = ready;
  }

  /// Adds the events of one status to the ready ones: mostly one, none when the stop was the
  /// tracer's own business, more when an exec ends other threads.
  void handle(int threadId, int status) {
    TracedThread thread = threads.get(threadId);
    if (!Status.isStop(status)) {
      if (thread == null) {
        return; // another child of this process, or a thread that an exec has ended
      }
      if (thread.early) {
        thread.laterStatus = status;
        return;
      }
      end(thread, status);
      return;
    }
    if (thread == null && Status.event(status) == Numbers.PTRACE_EVENT_EXEC) {
      thread = heir(threadId);
    }
    if (thread == null) {
      thread = arrive(threadId);
    }
    thread.inVfork = false;
    if (thread.early) {
      thread.stop = Stop.EVENT;
      thread.laterStatus = status;
      return;
    }
    if (!thread.started) {
      start(thread, status);
      return;
    }
    stopped(thread, status);
  }

  /// The thread that has taken a first thread's place, and id, to run another program, where that
  /// one was never traced because it had ended before.
  private @Nullable TracedThread heir(int threadId) {
    if (ptrace.fetchEventMessage(threadId) < 0) {
      return null;
    }
    TracedThread caller = threads.get((int) ptrace.peeked());
    if (caller != null) {
      threads.rename(caller, threadId);
    }
    return caller;
  }

  /// The new thread's own stop may come before its parent's event. It waits for that, so that
  /// events come in their natural order, unless the parent is not ours to wait for.
  private TracedThread arrive(int threadId) {
    ProcessFacts facts = ProcessFacts.of(threadId);
    int process = facts == null ? threadId : facts.processId();
    TracedThread thread = new TracedThread(threadId, process, new TracedMemory());
    int creator = facts == null ? 0 : process != threadId ? process : facts.parent();
    thread.creator = creator;
    thread.early = threads.anyOfProcess(creator) != null;
    threads.add(thread);
    return thread;
  }

  private void start(TracedThread thread, int status) {
    thread.started = true;
    if (thread.threadId == thread.processId) {
      // read now, as a signal of its may arrive when it has ended
      thread.namespaceIds = ProcessFacts.namespaceIds(thread.processId);
    }
    if (Status.event(status) == Numbers.PTRACE_EVENT_STOP) {
      thread.stop = isGroupStop(status) ? Stop.GROUP : Stop.EVENT;
    } else {
      thread.stop = Stop.EVENT;
      thread.laterStatus = status;
    }
    if (ptrace.fetchRegisters(thread.threadId) < 0) {
      gone(thread);
      return;
    }
    if (thread.interrupted) {
      thread.interrupted = false;
      Restart.again(ptrace, thread);
    }
    ready.add(new TraceEvent.Started(thread.threadId, thread.processId, ptrace.registers()));
  }

  /// The thread was killed while it was stopped; its end will be reported.
  private static void gone(TracedThread thread) {
    thread.stop = Stop.RUNNING;
  }

  static boolean isGroupStop(int status) {
    return switch (Status.stopSignal(status)) {
      case Numbers.SIGSTOP, Numbers.SIGTSTP, Numbers.SIGTTIN, Numbers.SIGTTOU -> true;
      default -> false;
    };
  }

  private void stopped(TracedThread thread, int status) {
    int signal = Status.stopSignal(status);
    if (thread.target != 0 && !passes(thread, status)) {
      abandonTarget(thread);
    }
    switch (Status.event(status)) {
      case 0 -> {
        if (signal == (Numbers.SIGTRAP | Status.SYSCALL_GOOD)) {
          thread.stepping = false;
          syscallStop(thread);
        } else {
          signalStop(thread, signal);
        }
      }
      case Numbers.PTRACE_EVENT_FORK, Numbers.PTRACE_EVENT_VFORK, Numbers.PTRACE_EVENT_CLONE ->
          fork(thread, Status.event(status));
      case Numbers.PTRACE_EVENT_EXEC -> exec(thread);
      case Numbers.PTRACE_EVENT_STOP -> {
        if (isGroupStop(status)) {
          // It stays stopped with its process until someone sends SIGCONT, as without a tracer.
          ptrace.request(Numbers.PTRACE_LISTEN, thread.threadId, 0, 0);
          thread.stop = Stop.RUNNING;
        } else {
          goOn(thread);
        }
      }
      default -> goOn(thread);
    }
  }

  /// Whether a thread may still come to its target after a stop: it is there, or nothing comes of
  /// the stop.
  private boolean passes(TracedThread thread, int status) {
    int signal = Status.stopSignal(status);
    if (Status.event(status) == Numbers.PTRACE_EVENT_STOP) {
      return true;
    }
    if (Status.event(status) != 0 || Status.isSyscallStop(status)) {
      return false;
    }
    if (ptrace.fetchSignalInfo(thread.threadId) < 0) {
      return false;
    }
    return signal == Numbers.SIGTRAP
        ? ptrace.signalCode() == TRAP_HWBKPT
        : SignalCause.doesNothing(thread.threadId, signal);
  }

  private void abandonTarget(TracedThread thread) {
    thread.target = 0;
    ptrace.disarmExecution(thread.threadId);
  }

  /// Whether a SIGTRAP was for the thread's target; then it is done with.
  private boolean atTarget(TracedThread thread) {
    int threadId = thread.threadId;
    if (ptrace.peekRegister(threadId, Ptrace.STACK_POINTER) < 0) {
      gone(thread);
      return true;
    }
    long address = thread.target;
    if (Long.compareUnsigned(ptrace.peeked(), thread.targetStack) < 0) {
      goOn(thread); // a deeper call of the same function
      return true;
    }
    abandonTarget(thread);
    thread.stop = Stop.STEP;
    ready.add(new TraceEvent.Reached(threadId, address));
    return true;
  }

  /// Lets a thread run on from a stop that concerns nobody.
  private void goOn(TracedThread thread) {
    int request = thread.stepping ? Numbers.PTRACE_SINGLESTEP : Numbers.PTRACE_SYSCALL;
    ptrace.request(request, thread.threadId, 0, 0);
    thread.stop = Stop.RUNNING;
  }

  private void syscallStop(TracedThread thread) {
    if (thread.past) {
      thread.past = false;
      thread.call = null;
      goOn(thread);
      return;
    }
    int kind = ptrace.fetchSyscallInfo(thread.threadId);
    boolean known = kind >= 0;
    if (kind == -Numbers.ESRCH || ptrace.fetchRegisters(thread.threadId) < 0) {
      gone(thread);
      return;
    }
    if (!known) { // before Linux 5.3 the kernel does not tell: entry and exit take turns
      kind =
          thread.call == null
              ? Numbers.PTRACE_SYSCALL_INFO_ENTRY
              : Numbers.PTRACE_SYSCALL_INFO_EXIT;
    }
    Registers registers = ptrace.registers();
    long now = System.nanoTime();
    if (kind == Numbers.PTRACE_SYSCALL_INFO_ENTRY) {
      long number = known ? ptrace.syscallNumber() : registers.number();
      SyscallId call = call(abi32(known), number);
      thread.call = call;
      thread.stop = Stop.SYSCALL_ENTRY;
      ready.add(new TraceEvent.Entered(thread.threadId, call, registers, now));
    } else {
      SyscallId call = thread.call;
      if (call == null) {
        call = call(abi32(known), registers.number());
      }
      thread.call = null;
      thread.stop = Stop.SYSCALL_EXIT;
      ready.add(new TraceEvent.Exited(thread.threadId, call, registers, now));
    }
  }

  private boolean abi32(boolean known) {
    return known
        ? ptrace.syscallArch() == Abi.I386.auditArch()
        : ptrace.register(Ptrace.CS) == CS_32;
  }

  private SyscallId call(boolean abi32, long number) {
    if (abi32) {
      return new SyscallId(Abi.I386, number);
    }
    if (number >= 0 && number < CACHED_CALLS) {
      SyscallId call = calls[(int) number];
      if (call == null) {
        call = new SyscallId(Abi.X86_64, number);
        calls[(int) number] = call;
      }
      return call;
    }
    return SyscallId.bySyscallInstruction(number);
  }

  private void signalStop(TracedThread thread, int signal) {
    int threadId = thread.threadId;
    if (ptrace.fetchSignalInfo(threadId) == -Numbers.ESRCH) {
      gone(thread);
      return;
    }
    int code = ptrace.signalCode();
    boolean wasStepping = thread.stepping;
    thread.stepping = false;
    if (signal == Numbers.SIGTRAP) {
      if (code == TRAP_HWBKPT && thread.target != 0 && atTarget(thread)) {
        return;
      }
      if (code == Numbers.SI_KERNEL && atOurs(thread)) {
        return;
      }
      if (wasStepping && Resumer.isStepCode(code)) {
        thread.call = null;
        thread.stop = Stop.STEP;
        ready.add(new TraceEvent.Stepped(threadId));
        return;
      }
    }
    thread.restoreInformation(ptrace, signal);
    thread.signal = signal;
    thread.fault = SignalCause.isSynchronous(signal, code);
    thread.stop = Stop.SIGNAL;
    ready.add(new TraceEvent.Signalled(threadId, signal));
  }

  /// Whether an `int3` was the tracer's; then it is done with.
  private boolean atOurs(TracedThread thread) {
    int threadId = thread.threadId;
    if (ptrace.fetchRegisters(threadId) < 0) {
      gone(thread);
      return true;
    }
    long address = ptrace.register(Ptrace.INSTRUCTION_POINTER) - TracedMemory.BREAKPOINT_ADVANCE;
    boolean present = thread.space.contains(address);
    if (!present) {
      // Another thread may have run into it just before it was removed.
      if (TracedMemory.mayBeBreakpoint(threadId, address)) {
        return false;
      }
    }
    ptrace.setRegister(Ptrace.INSTRUCTION_POINTER, address);
    ptrace.storeRegisters(threadId);
    if (present) {
      thread.stop = Stop.BREAKPOINT;
      ready.add(new TraceEvent.BreakpointHit(threadId, address));
    } else {
      goOn(thread);
    }
    return true;
  }

  private void fork(TracedThread parent, int event) {
    parent.stop = Stop.EVENT;
    if (ptrace.fetchEventMessage(parent.threadId) < 0) {
      gone(parent);
      return;
    }
    int childId = (int) ptrace.peeked();
    long flags = ForkFlags.of(ptrace, parent, event);
    boolean sameProcess = (flags & Numbers.CLONE_THREAD) != 0;
    TracedMemory space = (flags & Numbers.CLONE_VM) != 0 ? parent.space : parent.space.copy();
    parent.inVfork = (flags & Numbers.CLONE_VFORK) != 0;
    TracedThread child = threads.get(childId);
    if (child == null) {
      child = new TracedThread(childId, childId, space);
      threads.add(child);
    }
    child.space = space;
    child.processId = sameProcess ? parent.processId : childId;
    ready.add(new TraceEvent.Forked(parent.threadId, childId, sameProcess));
    admit(child);
  }

  /// Reports a thread that came before its parent's event.
  private void admit(TracedThread child) {
    child.early = false;
    int status = child.laterStatus;
    child.laterStatus = 0;
    if (status != 0) {
      handle(child.threadId, status);
    }
  }

  /// Admits threads whose maker cannot report them any more.
  private void admitOrphans(int processId) {
    for (TracedThread thread : threads.snapshot()) {
      if (thread.early && thread.creator == processId) {
        TracedThread sibling = threads.anyOfProcess(thread.processId);
        if (sibling != null) {
          thread.space = sibling.space;
        }
        admit(thread);
      }
    }
  }

  private void exec(TracedThread leader) {
    int threadId = leader.threadId;
    if (ptrace.fetchEventMessage(threadId) < 0) {
      gone(leader);
      return;
    }
    int former = (int) ptrace.peeked();
    TracedThread caller = former == threadId ? leader : threads.get(former);
    if (caller == null || caller.processId != leader.processId) {
      caller = leader;
    }
    for (TracedThread other : threads.snapshot()) {
      if (other != caller && other != leader && other.processId == leader.processId) {
        collect(other);
      }
    }
    if (caller != leader) {
      threads.remove(leader);
      threads.rename(caller, threadId);
    }
    caller.space = new TracedMemory();
    caller.stop = Stop.EVENT;
    caller.signal = 0;
    caller.stepping = false;
    caller.past = false;
    ready.add(new TraceEvent.Execed(threadId, former));
    admitOrphans(threadId);
  }

  /// Reports a thread that the exec of another one has ended.
  private void collect(TracedThread thread) {
    int found = waiter.poll(thread.threadId);
    if (found > 0 && !Status.isStop(waiter.status())) {
      end(thread, waiter.status());
    } else {
      threads.remove(thread);
      ready.add(new TraceEvent.Ended(thread.threadId, 0, Numbers.SIGKILL));
    }
  }

  void end(TracedThread thread, int status) {
    threads.remove(thread);
    ready.add(
        new TraceEvent.Ended(
            thread.threadId,
            Status.endSignal(status) != 0 ? 0 : Status.exitStatus(status),
            Status.endSignal(status)));
    if (threads.anyOfProcess(thread.processId) == null) {
      admitOrphans(thread.processId);
    }
  }

  /// Whether an event of a thread waits to be handed out.
  boolean hasOf(int threadId) {
    for (TraceEvent event : ready) {
      if (event.threadId() == threadId) {
        return true;
      }
    }
    return false;
  }

  /// Takes the newest ready event that is about one thread.
  @Nullable TraceEvent takeOf(int threadId) {
    for (Iterator<TraceEvent> i = ready.iterator(); i.hasNext(); ) {
      TraceEvent event = i.next();
      if (event.threadId() == threadId) {
        i.remove();
        return event;
      }
    }
    return null;
  }
}
