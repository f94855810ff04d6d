package trapline.linux.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import trapline.capture.SignalOrigin;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.sys.Numbers;

/// Tells where a signal came from, as its `siginfo_t` says (sigaction(2)).
final class SignalSender {
  private SignalSender() {}

  /// @param receiver a stopped thread
  /// @param information the signal's `siginfo_t`
  static SignalOrigin of(int receiver, byte[] information, ThreadTable threads) {
    ByteBuffer fields = ByteBuffer.wrap(information).order(ByteOrder.LITTLE_ENDIAN);
    int code = fields.getInt(8);
    return switch (code) {
      // A terminal signals a process group, which may be another one of this session.
      case Numbers.SI_KERNEL ->
          sharesGroup(receiver) ? SignalOrigin.TERMINAL : SignalOrigin.PROGRAM;
      case Numbers.SI_USER, Numbers.SI_QUEUE, Numbers.SI_MESGQ, Numbers.SI_TKILL ->
          isTraced(fields.getInt(16), receiver, threads)
              ? SignalOrigin.PROGRAM
              // kill(2) alone sends to groups
              : code == Numbers.SI_USER && sharesGroup(receiver)
                  ? SignalOrigin.OUTSIDE_OR_GROUP
                  : SignalOrigin.OUTSIDE;
      default -> SignalOrigin.PROGRAM;
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
