package trapline.linux.ptrace;

import trapline.linux.proc.ProcessFacts;
import trapline.linux.sys.Numbers;

/// What a signal at its stop is to the thread that it was sent to (signal(7), sigaction(2)).
final class SignalCause {
  private SignalCause() {}

  /// Whether the thread's own instruction raised a signal, and would raise it again: a fault or
  /// trap of the processor, or a call that a seccomp filter trapped.
  ///
  /// A positive `si_code` alone does not tell: SIGCHLD and SIGIO have those too, as everything that
  /// the kernel sends for its own reasons.
  ///
  /// @param code its `si_code`
  static boolean isSynchronous(int signal, int code) {
    return switch (signal) {
      case Numbers.SIGILL, Numbers.SIGTRAP, Numbers.SIGFPE, Numbers.SIGSEGV, Numbers.SIGSYS ->
          code > 0;
      case Numbers.SIGBUS -> code > 0 && code != Numbers.BUS_MCEERR_AO;
      default -> false;
    };
  }

  /// Whether a signal has no effect: the process ignores it, or has no handler and the kernel's
  /// default action is to do nothing.
  static boolean doesNothing(int threadId, int signal) {
    ProcessFacts.Disposition disposition = ProcessFacts.disposition(threadId, signal);
    return switch (disposition) {
      case IGNORED -> true;
      case HANDLED -> false;
      case DEFAULT ->
          switch (signal) {
            case Numbers.SIGCHLD, Numbers.SIGCONT, Numbers.SIGURG, Numbers.SIGWINCH -> true;
            default -> false;
          };
    };
  }
}
