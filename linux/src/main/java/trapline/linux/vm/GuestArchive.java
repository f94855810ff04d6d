package trapline.linux.vm;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.FileErrors;
import trapline.linux.files.UntrustedFile;
import trapline.linux.vm.CpioWriter.Entry;

/// The files that a guest gets, each as it is here: at its place, with the directories and symbolic
/// links that lead to it, modes, owners and times. Device nodes and sockets are left out, and so is
/// all that is under `/proc`, `/sys` and `/dev`, which the guest has of its own.
final class GuestArchive {
  /// The guest keeps them in its memory.
  static final long MAX_BYTES = 120L << 20;

  private static final int MAX_FILES = 20_000;
  private static final int MAX_LINKS = 40;
  private static final int TYPE = 0170000;
  private static final int FIFO = 0010000;

  /// @param file what to read; `null` when the contents are `text`
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Item(Entry entry, long size, @Nullable Path file, byte[] text) {}

  private final Map<String, Item> items = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final FileMarks marks = new FileMarks();
  private final GuestFiles files;
  private long bytes;

  /// @param files which of the files here are as they were, and which are not
  GuestArchive(GuestFiles files) {
    this.files = files;
  }

  /// What could not be brought along.
  List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    all.addAll(marks.notes());
    return all;
  }

  /// What its files have besides mode and owner.
  FileMarks marks() {
    return marks;
  }

  /// Adds a file of Trapline's own.
  void own(String name, int mode, byte[] contents) {
    put(name, new Item(new Entry(mode, 0, 0, 0), contents.length, null, contents));
  }

  /// Adds a file, directory (without what is in it) or symbolic link (with what it leads to).
  ///
  /// @return whether it is there
  boolean add(Path path) {
    return add(path, 0);
  }

  private boolean add(Path path, int links) {
    Path at = Path.of("/");
    addOne(at, links);
    for (Path part : path.toAbsolutePath()) {
      String name = part.toString();
      if (name.equals("..")) {
        at = at.getParent() == null ? at : at.getParent();
        continue;
      }
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      Path next = addOne(at.resolve(part), links);
      if (next == null) {
        return false;
      }
      at = next;
    }
    return true;
  }

  /// Adds a directory with everything in it, or a file.
  void addAll(Path path) throws IOException {
    if (!add(path)) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES, path + ": no such file, so the guest cannot get it");
    }
    if (Files.isDirectory(path)) {
      Files.walkFileTree(path.toRealPath(), new WholeTree());
    }
  }

  /// Adds all that can be read of a tree, which others may change meanwhile.
  private final class WholeTree extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      add(folder);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      add(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
      if (add(path) && Files.isDirectory(path)) {
        notes.add(path + " may not be read, so in the guest it is empty");
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
      return FileVisitResult.CONTINUE; // what could be listed has been added
    }
  }

  /// Adds the regular files that lie directly in a directory, as long as they are few and small.
  void addShallow(Path folder, long limit) throws IOException {
    Set<Path> files = new TreeSet<>();
    long sum = 0;
    try (Stream<Path> list = Files.list(folder)) {
      for (Path each : (Iterable<Path>) list::iterator) {
        long size = fileSize(each);
        if (size >= 0) {
          files.add(each);
          sum += size;
        }
        if (sum > limit || files.size() > 1000) {
          notes.add(
              folder + " is large: of its files the guest has only those that the program opened");
          return;
        }
      }
    }
    files.forEach(this::add);
  }

  /// In bytes; negative for what is no regular file, or is gone since its directory was listed.
  private static long fileSize(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return attributes.isRegularFile() ? attributes.size() : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  /// Adds what is at one path, whose directory was added before.
  ///
  /// @return where it leads to; `null` when it leads nowhere
  private @Nullable Path addOne(Path path, int links) {
    String name = path.toString();
    if (isOfGuest(name)) {
      return path;
    }
    if (files.absent().contains(path)) {
      return null;
    }
    Path source = files.copies().getOrDefault(path, path);
    try {
      Map<String, Object> status =
          Files.readAttributes(
              source, "unix:mode,uid,gid,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
      int mode = (int) number(status, "mode");
      Entry entry =
          new Entry(
              mode, (int) number(status, "uid"), (int) number(status, "gid"), seconds(status));
      switch (mode & TYPE) {
        case CpioWriter.LINK -> {
          Path target = Files.readSymbolicLink(path);
          byte[] text = target.toString().getBytes(StandardCharsets.UTF_8);
          put(name, new Item(entry, text.length, null, text));
          Path folder = path.getParent();
          Path leads = folder == null ? target : folder.resolve(target);
          if (links >= MAX_LINKS || !add(leads, links + 1)) {
            return null;
          }
          return leads.toRealPath();
        }
        case CpioWriter.FOLDER, FIFO -> {
          marks.look(name);
          put(name, new Item(entry, 0, null, new byte[0]));
        }
        case CpioWriter.FILE -> {
          marks.look(name);
          if (!Files.isReadable(source)) {
            notes.add(name + " may not be read, so in the guest it is empty");
            put(name, new Item(entry, 0, null, new byte[0]));
          } else {
            put(name, new Item(entry, number(status, "size"), source, new byte[0]));
          }
        }
        default -> notes.add(name + " is a device or socket, which the guest does not get");
      }
      return path;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      notes.add(name + " cannot be read, so the guest lacks it: " + FileErrors.reason(e));
      return null;
    }
  }

  /// Whether the guest has something at this path, by what leads there on this machine.
  boolean holds(Path path) {
    if (isOfGuest(path.toString())) {
      return true;
    }
    try {
      return items.containsKey(path.toRealPath().toString());
    } catch (IOException e) {
      return items.containsKey(path.normalize().toString());
    }
  }

  private static long number(Map<String, Object> status, String name) {
    return status.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private static long seconds(Map<String, Object> status) {
    return status.get("lastModifiedTime") instanceof FileTime time ? time.toMillis() / 1000 : 0;
  }

  private static boolean isOfGuest(String name) {
    for (String own : List.of("/proc", "/sys", "/dev", "/trapline", "/init")) {
      if (name.equals(own) || name.startsWith(own + "/")) {
        return true;
      }
    }
    return false;
  }

  private void put(String name, Item item) {
    if (items.putIfAbsent(name, item) != null) {
      return;
    }
    bytes += item.size() + name.length() + 120;
    if (bytes > MAX_BYTES || items.size() > MAX_FILES) {
      throw new GuestFailure(
          GuestFailure.Kind.FILES,
          "the guest's files are too many at "
              + name
              + ": at most "
              + MAX_FILES
              + " files with "
              + (MAX_BYTES >> 20)
              + " MB fit into its memory; include less");
    }
  }

  /// Writes the archive, without the files that are gone by now.
  ///
  /// @return its size in bytes
  long writeTo(OutputStream stream) throws IOException {
    CpioWriter cpio = new CpioWriter(new BufferedOutputStream(stream, 1 << 16));
    for (Map.Entry<String, Item> each : List.copyOf(items.entrySet())) {
      Item item = each.getValue();
      String name = each.getKey().equals("/") ? "." : each.getKey();
      if (item.file() == null) {
        cpio.add(name, item.entry(), item.text());
        continue;
      }
      try (InputStream in = opened(name, item.file())) {
        if (in != null) {
          cpio.add(name, item.entry(), item.size(), in);
        }
      }
    }
    cpio.finish();
    return cpio.size();
  }

  private @Nullable InputStream opened(String name, Path file) {
    try {
      return UntrustedFile.newInputStream(file);
    } catch (IOException e) {
      items.remove(name);
      notes.add(name + " has gone meanwhile, so the guest lacks it");
      return null;
    }
  }
}
