package trapline.linux.ptrace;

import trapline.linux.sys.Numbers;

/// The status word of wait4(2) (wait(2), ptrace(2)).
final class Status {
  /// Added to SIGTRAP at a system call stop, by `PTRACE_O_TRACESYSGOOD`.
  static final int SYSCALL_GOOD = 0x80;

  private Status() {}

  static boolean isStop(int status) {
    return (status & 0xff) == 0x7f;
  }

  static boolean isSyscallStop(int status) {
    return isStop(status) && status >>> 8 == (Numbers.SIGTRAP | SYSCALL_GOOD);
  }

  static int stopSignal(int status) {
    return status >>> 8 & 0xff;
  }

  /// The `PTRACE_EVENT_` number of a stop, or 0.
  static int event(int status) {
    return status >>> 16;
  }

  /// The signal that ended the thread, or 0.
  static int endSignal(int status) {
    return status & 0x7f;
  }

  static int exitStatus(int status) {
    return status >>> 8 & 0xff;
  }
}
