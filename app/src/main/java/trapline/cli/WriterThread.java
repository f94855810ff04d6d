package trapline.cli;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import trapline.follow.JourneySink;
import trapline.model.Journey;

/// Hands journeys to another sink on a thread of its own, in their order, so that no traced thread
/// waits while they are written.
final class WriterThread implements JourneySink, AutoCloseable {
  /// More than this many journeys are not kept: the traced program then waits for the writer.
  private static final int KEPT = 1024;

  /// Behind it comes nothing.
  private final Runnable last = this::nothing;

  private final JourneySink sink;
  private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(KEPT);
  private final Thread thread = new Thread(this::write, "writer");
  private volatile @Nullable RuntimeException failure;
  private volatile Runnable failed = this::nothing;
  private boolean closed;

  WriterThread(JourneySink sink) {
    this.sink = sink;
    thread.setDaemon(true);
    thread.start();
  }

  private void write() {
    try {
      for (Runnable next = queue.take(); !next.equals(last); next = queue.take()) {
        if (failure == null) {
          run(next);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void nothing() {}

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      failure = e;
      failed.run();
    }
  }

  /// Says what to do, on the writing thread, when something could not be written. [#close()] then
  /// throws.
  void onFailure(Runnable action) {
    failed = action;
    if (failure != null) {
      action.run();
    }
  }

  private void hand(Runnable task) {
    if (failure == null) {
      put(task);
    }
  }

  private void put(Runnable task) {
    boolean interrupted = false;
    while (true) {
      try {
        queue.put(task);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean wantsWholeJourneys() {
    return sink.wantsWholeJourneys();
  }

  @Override
  public boolean wantsOnlyLines() {
    return sink.wantsOnlyLines();
  }

  @Override
  public boolean countsStartup() {
    return sink.countsStartup();
  }

  @Override
  public void journey(Journey journey) {
    hand(() -> sink.journey(journey));
  }

  @Override
  public void repeat(Journey journey) {
    hand(() -> sink.repeat(journey));
  }

  @Override
  public void startup(Journey journey) {
    hand(() -> sink.startup(journey));
  }

  @Override
  public void startupCall(String name) {
    hand(() -> sink.startupCall(name));
  }

  @Override
  public void onlyAtStartup(Journey journey) {
    hand(() -> sink.onlyAtStartup(journey));
  }

  @Override
  public void started() {
    hand(sink::started);
  }

  /// Comes before all others: nothing is written.
  @Override
  public void rehearse(Journey journey) {
    sink.rehearse(journey);
  }

  /// Waits until all is written.
  ///
  /// @throws CommandFailure when something could not be written
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    put(last);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    RuntimeException cause = failure;
    if (cause != null) {
      throw cause;
    }
  }
}
