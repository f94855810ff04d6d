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

  /// A process that is not traced sent it, to the receiver or to the whole process group, which is
  /// also this process's. The kernel does not say which of both.
  OUTSIDE_OR_GROUP,

  /// A process that is not traced sent it, and not to this process.
  OUTSIDE;

  /// @param receiver a stopped thread
  /// @param information the signal's `siginfo_t`
  static SignalOrigin of(int receiver, byte[] information, ThreadTable threads) {
    ByteBuffer fields = ByteBuffer.wrap(information).order(ByteOrder.LITTLE_ENDIAN);
    int code = fields.getInt(8);
    return switch (code) {
      // A terminal signals a process group, which may be another one of this session.
      case Numbers.SI_KERNEL -> sharesGroup(receiver) ? TERMINAL : PROGRAM;
      case Numbers.SI_USER, Numbers.SI_QUEUE, Numbers.SI_MESGQ, Numbers.SI_TKILL ->
          isTraced(fields.getInt(16), receiver, threads)
              ? PROGRAM
              // kill(2) alone sends to groups
              : code == Numbers.SI_USER && sharesGroup(receiver) ? OUTSIDE_OR_GROUP : OUTSIDE;
      default -> PROGRAM;
    };
  }

  /// Whether a sender is, or was, one of the traced processes.
  ///
  /// @param sender its process id where the receiver lives; 0 when it cannot be named there
  private static boolean isTraced(int sender, int receiver, ThreadTable threads) {
    int depth = ProcessFacts.namespaceIds(receiver).length;
    return depth <= ProcessFacts.namespaceIds((int) ProcessHandle.current().pid()).length
        ? threads.hasSeen(sender)
        : threads.hasSeenNested(sender, depth);
  }

  private static boolean sharesGroup(int receiver) {
    int own = ProcessFacts.groupOf((int) ProcessHandle.current().pid());
    return own != 0 && own == ProcessFacts.groupOf(receiver);
  }
}
