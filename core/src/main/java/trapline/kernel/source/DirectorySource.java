package trapline.kernel.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
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
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.kernel.Gap;
import trapline.kernel.KernelSource;
import trapline.model.Place;

/// A kernel's source in a folder, read on as many threads as there are processors. Symbolic links
/// are not followed, and only regular files are opened. What cannot be read is a gap.
public final class DirectorySource implements KernelSource {
  private static final long MAX_FILE = 64L << 20;
  private static final int MAX_FILES = 1_000_000;
  private static final int MAX_FOLDERS_DEEP = 64;
  private static final int MAX_GAPS = 1_000;

  private final Path top;
  private final List<Gap> gaps = Collections.synchronizedList(new ArrayList<>());

  /// @param top the folder with the top `Makefile`
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
      throw new NoSuchFileException(top.toString(), null, "not a folder");
    }
    gaps.clear();
    int workers = Math.max(1, Runtime.getRuntime().availableProcessors());
    ExecutorService threads =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().daemon().name("tree-", 0).factory());
    try {
      List<String> paths = find(wanted, threads);
      AtomicInteger next = new AtomicInteger();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        running.add(threads.submit(() -> readAll(paths, next, reader, progress)));
      }
      await(running);
      progress.at(paths.size(), paths.size());
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

  private void readAll(List<String> paths, AtomicInteger next, Reader reader, Progress progress) {
    try {
      for (int i = next.getAndIncrement(); i < paths.size(); i = next.getAndIncrement()) {
        String path = paths.get(i);
        byte[] content = content(path);
        if (content != null) {
          reader.read(path, Bytes.of(path, content));
        }
        if ((i & 0xff) == 0) {
          progress.at(i, paths.size());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return `null` when it cannot be read, which is noted
  private byte @Nullable [] content(String path) throws IOException {
    try {
      return Files.readAllBytes(top.resolve(path));
    } catch (ClosedChannelException e) {
      throw e; // this thread was interrupted
    } catch (IOException e) {
      note(path, e);
      return null;
    }
  }

  private void note(String path, IOException reason) {
    String why =
        switch (reason) {
          case AccessDeniedException e -> "no permission to read it";
          case NoSuchFileException e -> "it vanished while the tree was read";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default -> "it cannot be read: " + reason.getMessage();
        };
    synchronized (gaps) {
      if (gaps.size() < MAX_GAPS) {
        gaps.add(new Gap(new Place(path, 0), why));
      }
    }
  }

  /// The wanted files, one task for each folder at the top and below it.
  private List<String> find(Predicate<String> wanted, ExecutorService threads) throws IOException {
    List<String> paths = Collections.synchronizedList(new ArrayList<>());
    List<Future<?>> running = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(top)) {
      for (Path entry : entries) {
        running.add(threads.submit(() -> walk(entry, wanted, paths)));
      }
    }
    await(running);
    return List.copyOf(paths);
  }

  private void walk(Path from, Predicate<String> wanted, List<String> paths) {
    try {
      Files.walkFileTree(
          from,
          java.util.Set.of(),
          MAX_FOLDERS_DEEP,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) {
              return wanted.test(relative(folder) + "/")
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException reason) {
              String path = relative(file);
              if (wanted.test(path) || wanted.test(path + "/")) {
                note(path, reason);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
              if (failure != null) {
                note(relative(folder) + "/", failure);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String path = relative(file);
              if (attributes.isRegularFile()
                  && attributes.size() <= MAX_FILE
                  && paths.size() < MAX_FILES
                  && wanted.test(path)) {
                paths.add(path);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String relative(Path path) {
    String whole = path.toString();
    int cut = top.toString().length();
    return whole.substring(whole.charAt(cut) == '/' ? cut + 1 : cut);
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
          case UncheckedIOException io -> throw io.getCause();
          case RuntimeException other -> throw other;
          case null, default -> throw new IOException(e);
        }
      }
    }
  }
}
