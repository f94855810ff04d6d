package trapline.follow;

import java.util.function.BooleanSupplier;
import trapline.linux.ptrace.Tracer;

/// Tells the signals by which someone asks the program and Trapline together to end: Ctrl-C, a
/// terminal that is closed, `kill` of both. The program is not left to end by its own first, or the
/// run would end in one of two ways by chance.
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
