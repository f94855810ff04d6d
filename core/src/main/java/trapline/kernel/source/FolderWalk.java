package trapline.kernel.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// Finds the wanted regular files below a directory, on several threads that share the directories
/// still to be looked at. Symbolic links are not followed.
final class FolderWalk {
  /// A file.
  ///
  /// @param name its path from the top, with `/`
  /// @param size in bytes, when it was found
  record Found(Path path, String name, long size) {}

  private record Folder(Path path, String prefix, int depth) {}

  private static final int MAX_FILES = 1_000_000;
  private static final int MAX_DEPTH = 64;

  /// Larger files come first, so that no thread ends with one while the others have nothing left.
  private static final long LARGE = 1 << 20;

  private static final Folder NONE = new Folder(Path.of(""), "", -1);

  private final Predicate<String> wanted;
  private final BiConsumer<String, IOException> failed;
  private final LinkedBlockingDeque<Folder> folders = new LinkedBlockingDeque<>();

  /// Folders that wait or are being looked at.
  private final AtomicInteger open = new AtomicInteger(1);

  private final AtomicInteger count = new AtomicInteger();
  private final List<Found> found = new ArrayList<>();

  /// @param wanted is asked for directories, too, as `net/`
  /// @param failed takes what could not be looked at
  FolderWalk(Path top, Predicate<String> wanted, BiConsumer<String, IOException> failed) {
    this.wanted = wanted;
    this.failed = failed;
    folders.add(new Folder(top, "", 0));
  }

  /// Takes part in the walk, until it has ended.
  ///
  /// @throws IOException when the top itself cannot be read
  void run() throws IOException {
    List<Found> own = new ArrayList<>();
    try {
      while (true) {
        Folder folder = folders.takeLast();
        if (folder.depth < 0) {
          return;
        }
        look(folder, own);
        if (open.decrementAndGet() == 0) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      folders.addFirst(NONE); // the next thread is not to wait for more
      synchronized (found) {
        found.addAll(own);
      }
    }
  }

  /// The files, when every thread is back.
  List<Found> found() {
    synchronized (found) {
      List<Found> sorted = new ArrayList<>(found);
      sorted.sort(Comparator.comparingLong(file -> file.size() < LARGE ? 0 : -file.size()));
      return sorted;
    }
  }

  private void look(Folder folder, List<Found> own) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.path)) {
      for (Path entry : entries) {
        look(entry, folder, own);
      }
    } catch (DirectoryIteratorException e) {
      failed.accept(folder.prefix, e.getCause());
    } catch (IOException e) {
      if (folder.depth == 0) {
        throw e;
      }
      failed.accept(folder.prefix.substring(0, folder.prefix.length() - 1), e);
    }
  }

  private void look(Path entry, Folder folder, List<Found> own) {
    String name = folder.prefix.concat(entry.getFileName().toString());
    BasicFileAttributes attributes;
    try {
      attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      if (wanted.test(name) || wanted.test(name + "/")) {
        failed.accept(name, e);
      }
      return;
    }
    if (attributes.isDirectory()) {
      String prefix = name.concat("/");
      if (folder.depth + 1 < MAX_DEPTH && wanted.test(prefix)) {
        open.incrementAndGet();
        folders.addLast(new Folder(entry, prefix, folder.depth + 1));
      }
    } else if (attributes.isRegularFile()
        && attributes.size() <= DirectorySource.MAX_FILE
        && wanted.test(name)
        && count.incrementAndGet() <= MAX_FILES) {
      own.add(new Found(entry, name, attributes.size()));
    }
  }
}
