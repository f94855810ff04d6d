package trapline.testing;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for what another process does.
public final class Waiting {
  private static final long MOST_MINUTES = 2;
  private static final int PAUSE_MILLIS = 5;

  private Waiting() {}

  /// Returns as soon as a condition holds.
  public static void until(BooleanSupplier condition) throws InterruptedException {
    until("the condition holds", condition);
  }

  /// Returns as soon as a condition holds.
  ///
  /// @param what for the message when it never does
  public static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MOST_MINUTES);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain until " + what);
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
