package trapline.linux.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Looks at files that somebody else named, and waits only so long: a file system of a user's own
/// or of a server that has gone may never answer. What hangs is left to a thread that ends with the
/// process, or to a process where a thread could not end (see [UserFileSystems]).
public final class Patience {
  private static final long LIMIT_MILLIS = 5000;

  /// After so many that hung nothing is tried any more.
  private static final int MOST_HANGING = 3;

  private static final Patience SHARED = new Patience(LIMIT_MILLIS);

  private final long millis;
  private @Nullable UserFileSystems userFileSystems;

  /// The mounts that have not answered, which are not asked again.
  private final Set<Path> silent = new HashSet<>();

  private @Nullable BlockingQueue<Runnable> worker;
  private int hanging;

  Patience(long millis) {
    this.millis = millis;
  }

  /// What is done with a file.
  ///
  /// @param <T> what comes out
  public interface Look<T> {
    T at(Path path) throws IOException;
  }

  /// Does something with a file.
  ///
  /// @throws FileSystemException when it takes too long
  public static <T> T look(Path path, Look<T> look) throws IOException {
    return SHARED.await(path, look);
  }

  synchronized <T> T await(Path path, Look<T> look) throws IOException {
    if (hanging >= MOST_HANGING) {
      throw new FileSystemException(
          path.toString(), null, "not tried, as other files have not answered");
    }
    requireAnswer(path);
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            answer.complete(look.at(path));
          } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        };
    try {
      queue().put(task);
      return answer.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      hanging++;
      worker = null;
      throw noAnswer(path);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      worker = null;
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// Has another process ask first where a thread of this one could never be ended.
  private void requireAnswer(Path path) throws IOException {
    UserFileSystems known = userFileSystems;
    if (known == null) {
      known = UserFileSystems.ofThisProcess();
      userFileSystems = known;
    }
    try {
      Path mount = known.mount(path);
      if (mount != null && (silent.contains(mount) || !UserFileSystems.answers(path, millis))) {
        silent.add(mount);
        throw noAnswer(path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private FileSystemException noAnswer(Path path) {
    return new FileSystemException(
        path.toString(), null, "does not answer within " + millis / 1000 + " s");
  }

  private BlockingQueue<Runnable> queue() {
    BlockingQueue<Runnable> known = worker;
    if (known == null) {
      BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(1);
      Thread.ofPlatform()
          .daemon()
          .name("files")
          .start(
              () -> {
                try {
                  while (true) {
                    tasks.take().run();
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      known = tasks;
      worker = known;
    }
    return known;
  }
}
