package trapline.linux.ptrace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.proc.ProcessMemory;
import trapline.linux.ptrace.TracedThread.Held;
import trapline.linux.ptrace.TracedThread.Stop;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;

/// Lets stopped threads run: to their next event, or by one instruction, over breakpoints.
final class Resumer {
  /// The `si_code` of SIGTRAP before a signal handler's first instruction.
  private static final int HANDLER_STARTS = Numbers.SIGTRAP;

  private final Ptrace ptrace;
  private final ThreadTable threads;
  private final Waiter waiter;
  private final StopHandler stops;
  private final ArrayDeque<TraceEvent> ready;
  private @Nullable TraceEvent stepEvent;

  Resumer(
      Ptrace ptrace,
      ThreadTable threads,
      Waiter waiter,
      StopHandler stops,
      ArrayDeque<TraceEvent> ready) {
    this.ptrace = ptrace;
    this.threads = threads;
    this.waiter = waiter;
    this.stops = stops;
    this.ready = ready;
  }

  @Nullable TraceEvent stepEvent() {
    return stepEvent;
  }

  /// Whether SIGTRAP with this `si_code` says that an instruction has run: `TRAP_BRKPT` behind a
  /// system call, `TRAP_TRACE`, or 5 at the start of a signal handler. An `int3` has `SI_KERNEL`.
  static boolean isStepCode(int code) {
    return code >= 1 && code <= Numbers.SIGTRAP;
  }

  /// @param signal what to deliver in place of the signal that it is stopped for; -1 for that one
  void resume(TracedThread thread, int signal) {
    if (!thread.isStopped()) {
      return;
    }
    if (thread.laterStatus != 0) {
      int status = thread.laterStatus;
      thread.laterStatus = 0;
      stops.handle(thread.threadId, status);
      return;
    }
    if (signal >= 0) {
      thread.signal = signal;
    }
    if (thread.stop == Stop.GROUP) {
      ptrace.request(Numbers.PTRACE_LISTEN, thread.threadId, 0, 0);
      thread.stop = Stop.RUNNING;
      return;
    }
    if ((thread.stop == Stop.BREAKPOINT || thread.stop == Stop.STEP)
        && thread.space.hasBreakpoints()
        && atBreakpoint(thread)
        && !stepOver(thread)) {
      return;
    }
    int delivered = takeSignal(thread);
    if (delivered != 0
        && thread.stop == Stop.SIGNAL
        && ProcessFacts.catches(thread.threadId, delivered)) {
      callHandler(thread, delivered);
      return;
    }
    thread.stop = Stop.RUNNING;
    ptrace.request(Numbers.PTRACE_SYSCALL, thread.threadId, 0, delivered);
  }

  /// @return whether the thread runs now
  boolean resumeTo(TracedThread thread, long address, long stackPointer) {
    boolean plain =
        thread.laterStatus == 0
            && thread.signal == 0
            && thread.held.isEmpty()
            && !thread.space.hasBreakpoints()
            && (thread.stop == Stop.STEP || thread.stop == Stop.SYSCALL_EXIT);
    if (!plain || ptrace.armExecution(thread.threadId, address) < 0) {
      return false;
    }
    thread.target = address;
    thread.targetStack = stackPointer;
    thread.stop = Stop.RUNNING;
    ptrace.request(Numbers.PTRACE_SYSCALL, thread.threadId, 0, 0);
    return true;
  }

  /// Delivers a signal that the program handles, and sees where its handler begins: which function
  /// that was, the stack does not tell any more when it has left by a jump. The kernel stops a step
  /// before the handler's first instruction.
  private void callHandler(TracedThread thread, int signal) {
    thread.signal = signal;
    StepResult result = stepRaw(thread);
    switch (result) {
      case STEPPED -> resume(thread, -1);
      // A signal that is held for later is in the event only.
      case SIGNALLED, FAULTED, TRAPPED -> {
        TraceEvent event = stepEvent;
        if (event != null) {
          ready.add(event);
        }
      }
      case EVENT, ENDED -> {
        TraceEvent event = stepEvent;
        if (event != null) {
          ready.addFirst(event);
        }
      }
      case INTERRUPTED -> ready.add(new TraceEvent.Interrupted());
    }
  }

  /// The signal to hand to ptrace; others that were kept are sent again.
  int takeSignal(TracedThread thread) {
    int signal = thread.signal;
    thread.signal = 0;
    thread.fault = false;
    if (thread.held.isEmpty()) {
      return signal;
    }
    boolean atSignal =
        thread.stop == Stop.SIGNAL || thread.stop == Stop.STEP || thread.stop == Stop.BREAKPOINT;
    if (signal == 0 && atSignal) {
      Held first = thread.held.remove();
      ptrace.storeSignalInfo(thread.threadId, first.information());
      signal = first.signal();
    }
    for (Held later; (later = thread.held.poll()) != null; ) {
      thread.sentAgain.add(later);
      ptrace.kernel().syscall(Numbers.TGKILL, thread.processId, thread.threadId, later.signal());
    }
    return signal;
  }

  private boolean atBreakpoint(TracedThread thread) {
    return ptrace.peekRegister(thread.threadId, Ptrace.INSTRUCTION_POINTER) >= 0
        && thread.space.contains(ptrace.peeked());
  }

  /// Runs the instruction that a breakpoint hides.
  ///
  /// @return whether the thread may run on; `false` when an event came of it
  private boolean stepOver(TracedThread thread) {
    long address = ptrace.peeked();
    if (isSystemCall(thread, address)) {
      return enterCall(thread, address);
    }
    int waitingSignal = thread.signal;
    thread.signal = 0;
    while (true) {
      StepResult result = stepLifted(thread, address);
      switch (result) {
        case STEPPED -> {
          thread.signal = waitingSignal;
          return true;
        }
        case SIGNALLED -> {
          continue;
        }
        case FAULTED, TRAPPED ->
            ready.add(new TraceEvent.Signalled(thread.threadId, thread.signal));
        case EVENT, ENDED -> {
          TraceEvent event = stepEvent;
          if (event != null) {
            ready.addFirst(event);
          }
        }
        case INTERRUPTED -> ready.add(new TraceEvent.Interrupted());
      }
      return false;
    }
  }

  /// Whether a step would make a system call, whose stops nobody would see.
  private static boolean isSystemCall(TracedThread thread, long address) {
    byte[] code =
        new ProcessMemory(thread.threadId)
            .readExactly(address, Ptrace.ARCHITECTURE.restartLength());
    byte[] original = thread.space.breakpoints().get(address);
    if (code == null || original == null) {
      return false;
    }
    System.arraycopy(original, 0, code, 0, Math.min(original.length, code.length));
    return !Ptrace.ARCHITECTURE.trapAt(code, 0).isEmpty();
  }

  /// Runs a hidden system call instruction up to the call's entry.
  private boolean enterCall(TracedThread thread, long address) {
    List<TracedThread> others = stopOthers(thread);
    thread.space.lift(thread.threadId, address);
    int signal = takeSignal(thread);
    thread.stop = Stop.RUNNING;
    ptrace.request(Numbers.PTRACE_SYSCALL, thread.threadId, 0, signal);
    int waited = waiter.awaitSurely(thread.threadId);
    int status = waiter.status();
    thread.space.putBack(thread.threadId);
    release(others);
    if (waited > 0) {
      stops.handle(waited, status);
    }
    return false;
  }

  /// Runs one instruction of a stopped thread. An event that ends the step is handed out, too: it
  /// is the next one.
  StepResult step(TracedThread thread) {
    stepEvent = null;
    StepResult result = stepFrom(thread);
    TraceEvent event = stepEvent;
    if (event != null && (result == StepResult.EVENT || result == StepResult.ENDED)) {
      ready.addFirst(event);
    }
    return result;
  }

  private StepResult stepFrom(TracedThread thread) {
    if (thread.laterStatus != 0) {
      resume(thread, -1);
      TraceEvent event = stops.takeOf(thread.threadId);
      if (event != null) {
        return resultOf(thread, event);
      }
    }
    if (thread.signal != 0 && !thread.fault) {
      if (ptrace.fetchSignalInfo(thread.threadId) >= 0) {
        thread.hold(ptrace);
      }
    }
    if (thread.space.hasBreakpoints() && thread.signal == 0 && atBreakpoint(thread)) {
      return stepLifted(thread, ptrace.peeked());
    }
    return stepOnce(thread);
  }

  private StepResult stepLifted(TracedThread thread, long address) {
    List<TracedThread> others = stopOthers(thread);
    thread.space.lift(thread.threadId, address);
    StepResult result = stepOnce(thread);
    thread.space.putBack(thread.threadId);
    release(others);
    return result;
  }

  private StepResult stepOnce(TracedThread thread) {
    // From an event inside a call, such as exec, the first step only brings the call to its end.
    boolean insideCall = thread.stop == Stop.EVENT && thread.call != null;
    StepResult result = stepRaw(thread);
    return insideCall && result == StepResult.STEPPED ? stepRaw(thread) : result;
  }

  private StepResult stepRaw(TracedThread thread) {
    int threadId = thread.threadId;
    int signal = thread.signal;
    thread.signal = 0;
    thread.fault = false;
    thread.stop = Stop.RUNNING;
    ptrace.request(Numbers.PTRACE_SINGLESTEP, threadId, 0, signal);
    thread.stepping = true;
    while (true) {
      int waited = waiter.awaitThread(threadId);
      if (waited == -Numbers.EINTR) {
        return StepResult.INTERRUPTED;
      }
      if (waited < 0) { // an exec of another thread has taken it away
        threads.remove(thread);
        stepEvent = new TraceEvent.Ended(threadId, 0, Numbers.SIGKILL);
        return StepResult.ENDED;
      }
      int status = waiter.status();
      if (status >>> 8 == Numbers.SIGTRAP
          && Status.isStop(status)
          && ptrace.fetchSignalInfo(threadId) >= 0
          && isStepCode(ptrace.signalCode())) {
        if (signal != 0 && ptrace.signalCode() == HANDLER_STARTS) {
          noteHandler(thread);
        }
        thread.stepping = false;
        thread.call = null;
        thread.stop = Stop.STEP;
        return StepResult.STEPPED;
      }
      stops.handle(threadId, status);
      TraceEvent event = stops.takeOf(threadId);
      if (event instanceof TraceEvent.Signalled signalled
          && !thread.fault
          && SignalCause.doesNothing(threadId, signalled.signal())) {
        thread.signal = 0;
        thread.stop = Stop.RUNNING;
        thread.stepping = true;
        ptrace.request(Numbers.PTRACE_SINGLESTEP, threadId, 0, signalled.signal());
      } else if (event != null) {
        thread.stepping = false;
        return resultOf(thread, event);
      }
    }
  }

  private StepResult resultOf(TracedThread thread, TraceEvent event) {
    stepEvent = event;
    if (event instanceof TraceEvent.Ended) {
      return StepResult.ENDED;
    }
    if (!(event instanceof TraceEvent.Signalled)) {
      return StepResult.EVENT;
    }
    if (thread.fault) {
      return thread.signal == Numbers.SIGTRAP ? StepResult.TRAPPED : StepResult.FAULTED;
    }
    if (ptrace.fetchSignalInfo(thread.threadId) >= 0) {
      thread.hold(ptrace);
    }
    return StepResult.SIGNALLED;
  }

  private void noteHandler(TracedThread thread) {
    if (ptrace.peekRegister(thread.threadId, Ptrace.STACK_POINTER) < 0) {
      return;
    }
    long slot = ptrace.peeked();
    if (ptrace.peekRegister(thread.threadId, Ptrace.INSTRUCTION_POINTER) >= 0) {
      thread.space.noteHandler(slot, ptrace.peeked());
    }
  }

  /// StopHandler the threads that could run past a breakpoint while it is lifted. A thread in a
  /// system call stops by itself before it comes back to the program.
  private List<TracedThread> stopOthers(TracedThread thread) {
    List<TracedThread> stopped = List.of();
    for (TracedThread other : threads.all()) {
      if (other == thread
          || other.space != thread.space
          || other.isStopped()
          || other.queued
          || other.inVfork
          || !other.started
          || other.call != null) {
        continue;
      }
      if (ptrace.request(Numbers.PTRACE_INTERRUPT, other.threadId, 0, 0) < 0) {
        continue;
      }
      if (stopped.isEmpty()) {
        stopped = new ArrayList<>();
      }
      stopped.add(other);
    }
    for (TracedThread other : stopped) {
      if (waiter.awaitSurely(other.threadId) > 0) {
        other.laterStatus = waiter.status();
      }
    }
    return stopped;
  }

  private void release(List<TracedThread> stopped) {
    for (TracedThread thread : stopped) {
      int status = thread.laterStatus;
      thread.laterStatus = 0;
      if (status == 0) {
        continue;
      }
      if (Status.isSyscallStop(status)) { // on its way into a call, which it makes anew
        if (Restart.rewind(ptrace, waiter, thread)) {
          ptrace.request(Numbers.PTRACE_SYSCALL, thread.threadId, 0, 0);
          continue;
        }
        status = waiter.status();
      }
      stops.handle(thread.threadId, status);
    }
  }
}
