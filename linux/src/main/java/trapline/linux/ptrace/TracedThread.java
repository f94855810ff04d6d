package trapline.linux.ptrace;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;
import trapline.model.SyscallId;

/// What the tracer knows of one thread.
final class TracedThread {
  /// Why a thread is stopped.
  enum Stop {
    /// It runs, as far as the tracer has seen.
    RUNNING,
    /// A ptrace event, or the entry of a system call: a signal cannot be delivered from here.
    EVENT,
    SYSCALL_ENTRY,
    SYSCALL_EXIT,
    /// A signal waits for the tracer's word.
    SIGNAL,
    /// One instruction has run.
    STEP,
    /// At a breakpoint of the tracer.
    BREAKPOINT,
    /// The whole process is stopped by a signal such as SIGSTOP.
    GROUP
  }

  /// A signal that was taken from the thread and is to be delivered later.
  ///
  /// @param information its `siginfo_t`
  @SuppressWarnings("ArrayRecordComponent") // bytes for the kernel, never compared
  record Held(int signal, byte[] information) {}

  int threadId;
  int processId;
  TracedMemory space;
  Stop stop = Stop.RUNNING;

  /// Its process's ids, from the outermost visible PID namespace inwards. Only known of a process's
  /// first thread that has started.
  int[] namespaceIds = {};

  /// Whether the engine knows of it: its [trapline.model.TraceEvent.Started] was given out.
  boolean started;

  /// Whether it came before its parent's event and waits for that.
  boolean early;

  /// The process that made it, while [#early].
  int creator;

  /// Whether the tracer itself interrupts it, to attach or to let go of it.
  boolean interrupted;

  /// The signal that it is stopped for, to be delivered when it is resumed; 0 for none.
  int signal;

  /// Whether [#signal] was raised by the instruction itself, which would raise it again.
  boolean fault;

  /// A stop that was seen out of turn, to be handled before the thread may run; 0 for none.
  int laterStatus;

  /// Whether a status of it waits in the tracer's queue.
  boolean queued;

  /// Whether it waits for its vfork child and cannot be stopped.
  boolean inVfork;

  /// Whether it runs one instruction whose end was not waited for.
  boolean stepping;

  /// Where it is to stop, by a debug register; 0 for nowhere.
  long target;

  /// The least stack pointer with which it is at [#target].
  long targetStack;

  /// Whether the end of the call that it is in concerns nobody.
  boolean past;

  /// The call that it is in, from entry to exit.
  @Nullable SyscallId call;

  /// Signals that were kept while it was stepped, oldest first.
  final ArrayDeque<Held> held = new ArrayDeque<>();

  /// Signals that were sent to it again, whose information is to be put back when they arrive.
  final ArrayDeque<Held> sentAgain = new ArrayDeque<>();

  TracedThread(int threadId, int processId, TracedMemory space) {
    this.threadId = threadId;
    this.processId = processId;
    this.space = space;
  }

  /// Takes the signal that it is stopped for, to deliver it later. Its information must have been
  /// fetched.
  void hold(Ptrace ptrace) {
    held.add(new Held(signal, ptrace.signalInfo()));
    signal = 0;
  }

  /// Puts the information of a signal back that was sent again, at its signal stop.
  void restoreInformation(Ptrace ptrace, int arrived) {
    if (sentAgain.isEmpty() || ptrace.signalCode() != Numbers.SI_TKILL) {
      return;
    }
    for (Iterator<Held> i = sentAgain.iterator(); i.hasNext(); ) {
      Held sent = i.next();
      if (sent.signal == arrived) {
        i.remove();
        ptrace.storeSignalInfo(threadId, sent.information);
        return;
      }
    }
  }

  boolean isStopped() {
    return stop != Stop.RUNNING;
  }
}
