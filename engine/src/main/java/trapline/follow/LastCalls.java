package trapline.follow;

import trapline.abi.Signals;
import trapline.capture.TraceEvent;

/// Calls that a thread did not come back from.
final class LastCalls {
  private LastCalls() {}

  /// Whether a call may end its process, or put other code in the place of the program's.
  static boolean mayEnd(String call) {
    return switch (call) {
      case "exit", "exit_group", "execve", "execveat", "kill", "tkill", "tgkill" -> true;
      default -> false;
    };
  }

  /// Why a call did not return.
  static String why(TraceEvent.Ended ended, String call) {
    return switch (call) {
      case "exit" -> "the thread ended";
      case "exit_group" -> "the process ended";
      default -> {
        String signal = ended.signal() == 0 ? "" : Signals.name(ended.signal());
        // A thread that is gone cannot be asked whether a filter killed it.
        yield signal.isEmpty()
            ? "the thread ended inside the call"
            : signal
                + " ended the thread inside the call"
                + (signal.equals("SIGSYS")
                    ? "; a seccomp filter may have kept it from running"
                    : "");
      }
    };
  }
}
