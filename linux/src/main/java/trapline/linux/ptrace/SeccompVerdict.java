package trapline.linux.ptrace;

import trapline.linux.proc.ProcessFacts;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.TraceEvent;

/// What a process' seccomp filters say of a call.
public enum SeccompVerdict {
  /// It has none, or they let the call be made.
  NONE,
  /// A filter gives the call's result, an error number or 0; the kernel function does not run.
  RESULT,
  /// Another process is asked, which gives the call's result, or lets the kernel function run.
  NOTIFIED,
  /// A tracer is asked, of which there is none for it: the call fails with ENOSYS.
  TRACED,
  /// A filter sends SIGSYS; the kernel function does not run.
  TRAPPED,
  /// A filter kills the thread or its process.
  KILLED,
  /// It has filters, which this process may not read: that needs CAP_SYS_ADMIN.
  UNREADABLE;

  /// More filters than a process can have.
  private static final int MOST_FILTERS = 1 << 15;

  /// Asks the filters of a stopped thread of a call that it has just made.
  static SeccompVerdict of(TraceEvent.Exited exited, Ptrace ptrace) {
    int thread = exited.threadId();
    if (!ProcessFacts.hasSeccompFilter(thread)) {
      return NONE;
    }
    Abi abi = exited.call().abi();
    Registers registers = exited.registers();
    long[] arguments = new long[6];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = registers.argument(abi, i);
    }
    int[] data =
        SeccompFilter.data(
            (int) registers.origRax(),
            abi == Abi.I386 ? Numbers.AUDIT_ARCH_I386 : Numbers.AUDIT_ARCH_X86_64,
            registers.rip(),
            arguments);
    int first = Numbers.SECCOMP_RET_ALLOW;
    for (int i = 0; i < MOST_FILTERS; i++) {
      long[] code = ptrace.seccompFilter(thread, i);
      if (code.length == 0) {
        return i == 0 ? UNREADABLE : of(first);
      }
      long value = new SeccompFilter(code).run(data);
      if (value == SeccompFilter.UNKNOWN) {
        return UNREADABLE;
      }
      first = Math.min(first, SeccompFilter.action(value));
    }
    return UNREADABLE;
  }

  private static SeccompVerdict of(int action) {
    return switch (action) {
      case Numbers.SECCOMP_RET_ALLOW, Numbers.SECCOMP_RET_LOG -> NONE;
      case Numbers.SECCOMP_RET_ERRNO -> RESULT;
      case Numbers.SECCOMP_RET_USER_NOTIF -> NOTIFIED;
      case Numbers.SECCOMP_RET_TRACE -> TRACED;
      case Numbers.SECCOMP_RET_TRAP -> TRAPPED;
      default -> KILLED;
    };
  }
}
