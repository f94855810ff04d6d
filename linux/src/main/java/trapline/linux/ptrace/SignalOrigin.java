package trapline.linux.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.sys.Numbers;

/// Where a signal came from, as its `siginfo_t` says (sigaction(2)).
public enum SignalOrigin {
  /// The kernel sent it for the terminal that this process runs on, too.
  TERMINAL,

  /// The traced programs themselves: one sent it, or has asked the kernel for it, by a timer or a
  /// file descriptor, or has a terminal of its own.
  PROGRAM,

  /// A process that is not traced sent it.
  OUTSIDE;

  /// @param receiver a stopped thread
  /// @param information the signal's `siginfo_t`
  static SignalOrigin of(int receiver, byte[] information, ThreadTable threads) {
    ByteBuffer fields = ByteBuffer.wrap(information).order(ByteOrder.LITTLE_ENDIAN);
    return switch (fields.getInt(8)) {
      case Numbers.SI_KERNEL -> {
        int own = ProcessFacts.sessionOf((int) ProcessHandle.current().pid());
        yield own == ProcessFacts.sessionOf(receiver) ? TERMINAL : PROGRAM;
      }
      case Numbers.SI_USER, Numbers.SI_QUEUE, Numbers.SI_MESGQ, Numbers.SI_TKILL ->
          isTraced(fields.getInt(16), receiver, threads) ? PROGRAM : OUTSIDE;
      default -> PROGRAM;
    };
  }

  /// Whether a sender is, or was, one of the traced processes.
  ///
  /// @param sender its process id where the receiver lives; 0 when it cannot be named there
  private static boolean isTraced(int sender, int receiver, ThreadTable threads) {
    int depth = ProcessFacts.namespaceIds((int) ProcessHandle.current().pid()).length;
    if (ProcessFacts.namespaceIds(receiver).length <= depth) {
      return threads.hasSeen(sender);
    }
    for (TracedThread thread : threads.all()) {
      int[] ids = ProcessFacts.namespaceIds(thread.processId);
      if (ids.length > depth && ids[ids.length - 1] == sender) {
        return true;
      }
    }
    return false;
  }
}
