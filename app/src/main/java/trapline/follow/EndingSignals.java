package trapline.follow;

import java.util.function.BooleanSupplier;
import trapline.linux.ptrace.Tracer;

/// Recognises signals that ask the program and Trapline to end together: Ctrl-C, a closed terminal,
/// `kill` of both. The program's own signal must not end it first, or it would depend on chance how
/// the run ends.
final class EndingSignals {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  private final Tracer tracer;
  private final BooleanSupplier interruptionComes;

  /// @param interruptionComes waits a moment for this process' own signal, and says whether it came
  EndingSignals(Tracer tracer, BooleanSupplier interruptionComes) {
    this.tracer = tracer;
    this.interruptionComes = interruptionComes;
  }

  /// Whether the signal that a thread is stopped for came to this process, too.
  ///
  /// @param thread 0 for none
  boolean isForBoth(int thread) {
    int sent = thread == 0 ? 0 : tracer.pendingSignal(thread);
    if (sent != SIGHUP && sent != SIGINT && sent != SIGTERM) {
      return false;
    }
    return switch (tracer.pendingOrigin(thread)) {
      case TERMINAL, OUTSIDE -> interruptionComes.getAsBoolean();
      case PROGRAM -> false;
    };
  }
}
