package trapline.linux.ptrace;

import trapline.linux.proc.ProcessFacts;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;

/// Takes the threads of a running process over.
final class Attachment {
  private final Ptrace ptrace;
  private final ThreadTable threads;
  private final int tracerThreadId;

  Attachment(Ptrace ptrace, ThreadTable threads, int tracerThreadId) {
    this.ptrace = ptrace;
    this.threads = threads;
    this.tracerThreadId = tracerThreadId;
  }

  /// Takes over every thread that lives. The first one may have ended while others go on; it cannot
  /// be traced any more.
  ///
  /// @param id the process, or one of its threads
  /// @throws trapline.model.KernelRefused when there is no such process or it may not be traced,
  ///     with the reason
  void seizeAll(int id, int options) {
    ProcessFacts facts = ProcessFacts.of(id);
    int processId = facts == null ? id : facts.processId();
    TracedMemory space = new TracedMemory();
    boolean found = true;
    while (found) { // threads that were made since the last look
      found = false;
      for (int threadId : ProcessFacts.threadIds(processId)) {
        if (threads.get(threadId) == null && seize(threadId, options)) {
          found = true;
          TracedThread thread = new TracedThread(threadId, processId, space);
          thread.interrupted = true;
          threads.add(thread);
          ptrace.request(Numbers.PTRACE_INTERRUPT, threadId, 0, 0);
        }
      }
    }
    if (threads.isEmpty()) {
      int result = ProcessFacts.of(processId) == null ? -Numbers.ESRCH : -Numbers.EPERM;
      throw ptrace
          .kernel()
          .refused(
              "ptrace(PTRACE_SEIZE, " + processId + ")",
              result,
              PtraceRefusal.hint(processId, result));
    }
  }

  /// @return whether the thread is traced from here on; not when it has ended, or is traced already
  private boolean seize(int threadId, int options) {
    if (ProcessFacts.hasEnded(threadId)) {
      return false;
    }
    int result = ptrace.request(Numbers.PTRACE_SEIZE, threadId, 0, options);
    if (result >= 0) {
      return true;
    }
    // Made by a thread that is traced already, it is traced, too.
    boolean known = !threads.isEmpty() && ProcessFacts.tracerOf(threadId) == tracerThreadId;
    if (known || ProcessFacts.hasEnded(threadId)) {
      return false;
    }
    throw ptrace
        .kernel()
        .refused(
            "ptrace(PTRACE_SEIZE, " + threadId + ")", result, PtraceRefusal.hint(threadId, result));
  }
}
