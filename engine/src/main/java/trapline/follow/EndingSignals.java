package trapline.follow;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import trapline.capture.PendingSignals;

/// Recognises signals that ask the program and Trapline to end together: Ctrl-C, a closed terminal,
/// `kill` of both. The program's own signal must not end it first, or it would depend on chance how
/// the run ends.
final class EndingSignals {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  /// A program that ends so soon after a signal may have ended because of it.
  private static final long SOON_NANOS = 2_000_000_000;

  private final @Nullable PendingSignals signals;
  private final BooleanSupplier interruptionComes;
  private long perhapsForBoth;
  private boolean seen;

  /// @param signals `null` where the back-end does not know them before they are delivered
  /// @param interruptionComes waits a moment for this process' own signal, and says whether it came
  EndingSignals(@Nullable PendingSignals signals, BooleanSupplier interruptionComes) {
    this.signals = signals;
    this.interruptionComes = interruptionComes;
  }

  /// Whether the signal that a thread is stopped for came to this process, too. Only one from the
  /// terminal is waited for: a signal that another process sent reaches the program at once, and
  /// [#haveEndedBoth()] tells later.
  ///
  /// @param thread 0 for none
  boolean isForBoth(int thread) {
    if (thread == 0 || signals == null) {
      return false;
    }
    int sent = signals.pendingSignal(thread);
    if (sent != SIGHUP && sent != SIGINT && sent != SIGTERM) {
      return false;
    }
    return switch (signals.pendingOrigin(thread)) {
      case TERMINAL -> interruptionComes.getAsBoolean();
      case OUTSIDE_OR_GROUP -> {
        perhapsForBoth = System.nanoTime();
        seen = true;
        yield false;
      }
      case OUTSIDE, PROGRAM -> false;
    };
  }

  /// Whether the program, which has ended, was sent a signal shortly before that came to this
  /// process, too.
  boolean haveEndedBoth() {
    return seen
        && System.nanoTime() - perhapsForBoth < SOON_NANOS
        && interruptionComes.getAsBoolean();
  }
}
