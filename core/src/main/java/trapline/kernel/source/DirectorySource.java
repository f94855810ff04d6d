package trapline.kernel.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import trapline.bytes.Bytes;
import trapline.kernel.Gap;
import trapline.kernel.KernelSource;
import trapline.model.Place;

/// A kernel's source in a directory, read on as many threads as there are processors. Symbolic
/// links are not followed, and only regular files are opened. What cannot be read is a gap.
public final class DirectorySource implements KernelSource {
  static final long MAX_FILE = 64L << 20;
  private static final int MAX_GAPS = 1_000;

  private final Path top;
  private final List<Gap> gaps = Collections.synchronizedList(new ArrayList<>());

  /// @param top the directory with the top `Makefile`
  public DirectorySource(Path top) {
    this.top = top;
  }

  @Override
  public String origin() {
    return top.toString();
  }

  @Override
  public List<Gap> gaps() {
    synchronized (gaps) {
      return List.copyOf(gaps);
    }
  }

  @Override
  public void read(Predicate<String> wanted, Reader reader, Progress progress) throws IOException {
    if (!Files.isDirectory(top)) {
      throw new NoSuchFileException(top.toString(), null, "not a directory");
    }
    gaps.clear();
    int workers = Math.max(1, Runtime.getRuntime().availableProcessors());
    ExecutorService threads =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().daemon().name("tree-", 0).factory());
    try {
      FolderWalk walk = new FolderWalk(top, wanted, this::note);
      everywhere(workers, threads, walk::run);
      List<FolderWalk.Found> files = walk.found();
      AtomicInteger next = new AtomicInteger();
      everywhere(workers, threads, () -> readAll(files, next, reader, progress));
      progress.at(files.size(), files.size());
    } finally {
      threads.shutdownNow();
    }
  }

  @Override
  public Optional<Bytes> file(String path) throws IOException {
    Path file = top.resolve(path).normalize();
    if (!file.startsWith(top.normalize()) || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return Files.size(file) > MAX_FILE
        ? Optional.empty()
        : Optional.of(Bytes.of(path, Files.readAllBytes(file)));
  }

  private void readAll(
      List<FolderWalk.Found> files, AtomicInteger next, Reader reader, Progress progress)
      throws IOException {
    FileBuffer buffer = new FileBuffer();
    for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
      FolderWalk.Found file = files.get(i);
      if (load(file, buffer)) {
        reader.read(file.name(), buffer.bytes(), buffer.length());
      }
      if ((i & 0xff) == 0) {
        progress.at(i, files.size());
      }
    }
  }

  /// @return `false` when it cannot be read, which is noted
  private boolean load(FolderWalk.Found file, FileBuffer buffer) throws IOException {
    try {
      buffer.load(file.path(), file.size());
      return true;
    } catch (ClosedChannelException e) {
      throw e; // this thread was interrupted
    } catch (IOException e) {
      note(file.name(), e);
      return false;
    }
  }

  private void note(String path, IOException reason) {
    String why =
        switch (reason) {
          case AccessDeniedException e -> "no permission to read it";
          case NoSuchFileException e -> "it vanished while the tree was read";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default ->
              "it cannot be read" + (reason.getMessage() == null ? "" : ": " + reason.getMessage());
        };
    synchronized (gaps) {
      if (gaps.size() < MAX_GAPS) {
        gaps.add(new Gap(new Place(path, 0), why));
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /// Does the same work on every thread, until all have ended.
  private static void everywhere(int workers, ExecutorService threads, Work work)
      throws IOException {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      running.add(
          threads.submit(
              () -> {
                work.run();
                return null;
              }));
    }
    await(running);
  }

  private static void await(List<Future<?>> running) throws IOException {
    for (Future<?> task : running) {
      try {
        task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException io -> throw io;
          case UncheckedIOException io -> throw io.getCause();
          case RuntimeException other -> throw other;
          case null, default -> throw new IOException(e);
        }
      }
    }
  }
}
