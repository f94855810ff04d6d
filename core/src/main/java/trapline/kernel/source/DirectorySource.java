package trapline.kernel.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
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
import trapline.bytes.Bytes;
import trapline.kernel.KernelSource;

/// A kernel's source in a folder, read on as many threads as there are processors. Symbolic links
/// are not followed.
public final class DirectorySource implements KernelSource {
  private static final long MAX_FILE = 64L << 20;
  private static final int MAX_FILES = 1_000_000;
  private static final int MAX_FOLDERS_DEEP = 64;

  private final Path top;

  /// @param top the folder with the top `Makefile`
  public DirectorySource(Path top) {
    this.top = top;
  }

  @Override
  public String origin() {
    return top.toString();
  }

  @Override
  public void read(Predicate<String> wanted, Reader reader, Progress progress) throws IOException {
    if (!Files.isDirectory(top)) {
      throw new NoSuchFileException(top.toString(), null, "not a folder");
    }
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
        reader.read(path, Bytes.of(path, Files.readAllBytes(top.resolve(path))));
        if ((i & 0xff) == 0) {
          progress.at(i, paths.size());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
