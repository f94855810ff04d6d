package trapline.run;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import trapline.follow.JourneySink;
import trapline.model.Journey;

/// Hands journeys to another sink on a thread of its own, in their order, so that no traced thread
/// waits while they are written.
///
/// To wake a thread costs more than to hand something over. So the writer looks by itself for more
/// while there is some now and then, and has to be woken only after a pause; and a thread that
/// cannot go on before all is written writes it itself.
public final class WriterThread implements JourneySink, AutoCloseable {
  /// More than this many journeys are not kept: the traced program then waits for them.
  private static final int KEPT = 1024;

  private static final long LOOK_NANOS = 1_000_000;

  /// How often the writer looks in vain before it sleeps until it is woken.
  private static final int LOOKS = 20;

  private final JourneySink sink;
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::write, "writer");
  private volatile @Nullable RuntimeException failure;
  private volatile Runnable failed = () -> {};
  private volatile boolean asleep;
  private volatile boolean closed;

  /// How many were handed over since all was written.
  private int kept;

  public WriterThread(JourneySink sink) {
    this.sink = sink;
    thread.setDaemon(true);
    thread.start();
  }

  private void write() {
    int inVain = 0;
    while (!closed) {
      inVain = drain() ? 0 : inVain + 1;
      if (inVain < LOOKS) {
        LockSupport.parkNanos(this, LOOK_NANOS);
      } else {
        asleep = true;
        if (queue.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        asleep = false;
        inVain = 0;
      }
    }
  }

  /// Writes all that was handed over.
  ///
  /// @return whether there was anything
  private synchronized boolean drain() {
    boolean any = false;
    for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
      any = true;
      try {
        if (failure == null) {
          next.run();
        }
      } catch (RuntimeException e) {
        failure = e;
        failed.run();
      }
    }
    return any;
  }

  /// Says what to do, on the writing thread, when something could not be written. [#close()] then
  /// throws.
  public void onFailure(Runnable action) {
    failed = action;
    if (failure != null) {
      action.run();
    }
  }

  private void hand(Runnable task) {
    if (failure != null) {
      return;
    }
    if (++kept > KEPT) {
      settle();
    }
    queue.add(task);
    if (asleep) {
      LockSupport.unpark(thread);
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

  @Override
  public void settle() {
    if (kept > 0) {
      drain();
      kept = 0;
    }
  }

  /// Comes before all others: nothing is written.
  @Override
  public void rehearse(Journey journey) {
    sink.rehearse(journey);
  }

  /// Waits until all is written.
  ///
  /// @throws RuntimeException when something could not be written
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    drain();
    RuntimeException cause = failure;
    if (cause != null) {
      throw cause;
    }
  }
}
