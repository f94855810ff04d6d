package trapline.decode;

import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Signals;
import trapline.model.ArgValue;

/// The status that `wait4` stores (`linux/wait.h` and glibc's `bits/waitstatus.h`).
final class WaitStatus {
  private WaitStatus() {}

  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, text((int) raw));
  }

  static String text(int status) {
    int signal = status & 0x7f;
    int code = (status >> 8) & 0xff;
    if (status == 0xffff) {
      return "{WIFCONTINUED(s)}";
    }
    if ((status & 0xff) == 0x7f) {
      String event = status >>> 16 == 0 ? "" : " | " + event(status >>> 16);
      boolean traced = (code & 0x80) != 0;
      return "{WIFSTOPPED(s) && WSTOPSIG(s) == "
          + Signals.name(code & 0x7f)
          + (traced ? " | 0x80" : "")
          + "}"
          + event;
    }
    if (signal == 0) {
      return "{WIFEXITED(s) && WEXITSTATUS(s) == " + code + "}";
    }
    return "{WIFSIGNALED(s) && WTERMSIG(s) == "
        + Signals.name(signal)
        + ((status & 0x80) != 0 ? " && WCOREDUMP(s)" : "")
        + "}";
  }

  private static String event(int number) {
    String[] names = {
      "FORK", "VFORK", "CLONE", "EXEC", "VFORK_DONE", "EXIT", "SECCOMP",
    };
    return number >= 1 && number <= names.length
        ? "PTRACE_EVENT_" + names[number - 1] + " << 16"
        : (number == 128 ? "PTRACE_EVENT_STOP" : "0x" + Integer.toHexString(number)) + " << 16";
  }
}
