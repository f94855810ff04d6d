package trapline.cli;

import org.jspecify.annotations.Nullable;
import trapline.linux.ptrace.Tracer;

/// Ends a run when the user presses Ctrl-C or the process is asked to end: wakes the tracer, and
/// keeps the virtual machine alive until the run has cleaned up, which closing this tells.
final class Interruption implements AutoCloseable {
  /// A run that does not end in this time is left behind; the kernel then kills what it started.
  private static final long PATIENCE_MILLIS = 10_000;

  /// Ctrl-C reaches the program and this process at the same time, but the virtual machine takes a
  /// moment to tell, on a busy machine a long one.
  private static final long DELAY_MILLIS = 2000;

  private final Thread worker = Thread.currentThread();

  private final Thread hook = new Thread(this::interrupt, "interruption");
  private @Nullable Tracer tracer;
  private boolean came;
  private boolean finished;

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// Says which tracer to wake.
  ///
  /// @return the same
  synchronized Tracer guard(Tracer started) {
    tracer = started;
    if (came) {
      Thread.interrupted(); // would close the files that the way to the end reads
      started.interrupt();
    }
    return started;
  }

  /// Whether the run was asked to end.
  synchronized boolean came() {
    return came;
  }

  /// Whether the run was asked to end, or is within a moment. For when something ended in a way
  /// that an interruption of both would explain.
  synchronized boolean comes() {
    long end = System.nanoTime() + DELAY_MILLIS * 1_000_000;
    try {
      for (long left = DELAY_MILLIS; !came && left > 0; ) {
        wait(left);
        left = (end - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException e) {
      return true;
    }
    return came;
  }

  private synchronized void interrupt() {
    if (finished) {
      return;
    }
    came = true;
    notifyAll();
    Tracer waiting = tracer;
    if (waiting != null) {
      waiting.interrupt();
    } else {
      worker.interrupt();
    }
    long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    try {
      for (long left = PATIENCE_MILLIS; !finished && left > 0; ) {
        wait(left);
        left = (end - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    finished = true;
    notifyAll();
  }
}
