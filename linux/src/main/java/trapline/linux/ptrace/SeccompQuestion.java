package trapline.linux.ptrace;

import trapline.capture.SeccompVerdict;
import trapline.capture.TraceEvent;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;
import trapline.model.Abi;
import trapline.model.Registers;

/// Asks the seccomp filters of a stopped thread what they say of a call.
final class SeccompQuestion {
  private SeccompQuestion() {}

  /// More filters than a process can have.
  private static final int MOST_FILTERS = 1 << 15;

  /// Asks the filters of a stopped thread of a call that it has just made.
  static SeccompVerdict of(TraceEvent.Exited exited, Ptrace ptrace) {
    int thread = exited.threadId();
    if (!ProcessFacts.hasSeccompFilter(thread)) {
      return SeccompVerdict.NONE;
    }
    Abi abi = exited.call().abi();
    Registers registers = exited.registers();
    long[] arguments = new long[6];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = registers.argument(abi, i);
    }
    int[] data =
        SeccompFilter.data(
            (int) registers.number(), abi.auditArch(), registers.instructionPointer(), arguments);
    int first = Numbers.SECCOMP_RET_ALLOW;
    for (int i = 0; i < MOST_FILTERS; i++) {
      long[] code = ptrace.seccompFilter(thread, i);
      if (code.length == 0) {
        return i == 0 ? SeccompVerdict.UNREADABLE : of(first);
      }
      long value = new SeccompFilter(code).run(data);
      if (value == SeccompFilter.UNKNOWN) {
        return SeccompVerdict.UNREADABLE;
      }
      first = Math.min(first, SeccompFilter.action(value));
    }
    return SeccompVerdict.UNREADABLE;
  }

  private static SeccompVerdict of(int action) {
    return switch (action) {
      case Numbers.SECCOMP_RET_ALLOW, Numbers.SECCOMP_RET_LOG -> SeccompVerdict.NONE;
      case Numbers.SECCOMP_RET_ERRNO -> SeccompVerdict.RESULT;
      case Numbers.SECCOMP_RET_USER_NOTIF -> SeccompVerdict.NOTIFIED;
      case Numbers.SECCOMP_RET_TRACE -> SeccompVerdict.TRACED;
      case Numbers.SECCOMP_RET_TRAP -> SeccompVerdict.TRAPPED;
      default -> SeccompVerdict.KILLED;
    };
  }
}
