package trapline.follow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

/// The files that a run looked at, as they were before the run touched them, so that the program
/// can be run once more elsewhere and finds the same.
///
/// A file that is about to be written is copied first; one that the program makes is left out.
public final class FilesTouched {
  private static final int LONGEST_PATH = 4096;
  private static final long LARGEST_COPY = 16L << 20;
  private static final int MOST = 4000;
  private static final int AT_FDCWD = -100;
  private static final int O_ACCMODE = 3;
  private static final int O_CREAT = 0100;
  private static final int O_TRUNC = 01000;

  /// Calls of x86-64 that only look at a path, with the argument that it is in; those that take a
  /// directory have it one before.
  private static final Map<String, Integer> LOOKS =
      Map.ofEntries(
          Map.entry("open", 0),
          Map.entry("openat", 1),
          Map.entry("openat2", 1),
          Map.entry("stat", 0),
          Map.entry("lstat", 0),
          Map.entry("access", 0),
          Map.entry("readlink", 0),
          Map.entry("execve", 0),
          Map.entry("chdir", 0),
          Map.entry("newfstatat", 1),
          Map.entry("statx", 1),
          Map.entry("faccessat", 1),
          Map.entry("faccessat2", 1),
          Map.entry("readlinkat", 1));

  private final Path copies;
  private final Set<Path> opened = new LinkedHashSet<>();
  private final Map<Path, Path> copied = new HashMap<>();
  private final Set<Path> made = new HashSet<>();
  private final Map<Integer, Path> asked = new HashMap<>();

  /// @param copies a folder for the copies, which is the caller's to remove
  public FilesTouched(Path copies) {
    this.copies = copies;
  }

  /// The files and folders, by the paths that the run gave them.
  public Set<Path> opened() {
    return Collections.unmodifiableSet(opened);
  }

  /// Where the content is read of a file that the run may have written, by its real path.
  public Map<Path, Path> copies() {
    return Collections.unmodifiableMap(copied);
  }

  /// The files that the run may have made, by their real paths.
  public Set<Path> made() {
    return Collections.unmodifiableSet(made);
  }

  /// A thread is about to make a call.
  void entered(int thread, SyscallId id, String name, Registers registers, RemoteMemory memory) {
    asked.remove(thread);
    Integer argument = id.abi() == Abi.X86_64 ? LOOKS.get(name) : null;
    if (argument == null || opened.size() >= MOST) {
      return;
    }
    Path path = path(thread, registers, argument, memory);
    if (path == null) {
      return;
    }
    boolean opens = name.equals("open") || name.equals("openat");
    long flags = opens ? registers.argument(argument + 1) : 0;
    boolean writes = (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != 0;
    if (!writes) {
      asked.put(thread, path);
    } else if (Files.isRegularFile(path)) {
      keep(path);
    } else if (!Files.exists(path)) {
      make(path);
    }
  }

  /// The call of [#entered] has returned.
  void exited(int thread, long result) {
    Path path = asked.remove(thread);
    if (path != null && result >= 0 && !isOfKernel(path)) {
      opened.add(path);
    }
  }

  private static boolean isOfKernel(Path path) {
    return path.startsWith("/proc") || path.startsWith("/sys") || path.startsWith("/dev");
  }

  private void keep(Path path) {
    try {
      Path real = path.toRealPath();
      if (!copied.containsKey(real)
          && !made.contains(real)
          && !isOfKernel(real)
          && Files.size(real) <= LARGEST_COPY) {
        Path copy = copies.resolve(Integer.toString(copied.size()));
        Files.copy(real, copy, StandardCopyOption.COPY_ATTRIBUTES);
        copied.put(real, copy);
        opened.add(path);
      }
    } catch (IOException e) {
      return; // what cannot be read here cannot be carried; the guest then says what it lacks
    }
  }

  private void make(Path path) {
    Path folder = path.getParent();
    try {
      if (folder != null && !isOfKernel(folder)) {
        made.add(folder.toRealPath().resolve(path.getFileName()));
        opened.add(folder);
      }
    } catch (IOException e) {
      return; // nor can the file be made without its folder
    }
  }

  private static @Nullable Path path(
      int thread, Registers registers, int argument, RemoteMemory memory) {
    byte[] bytes = new byte[LONGEST_PATH];
    int length = memory.read(registers.argument(argument), bytes, 0, bytes.length);
    int end = 0;
    while (end < length && bytes[end] != 0) {
      end++;
    }
    if (end == 0 || end == length) {
      return null;
    }
    try {
      Path named = Path.of(new String(bytes, 0, end, StandardCharsets.UTF_8));
      if (named.isAbsolute()) {
        return named.normalize();
      }
      int folder = argument == 0 ? AT_FDCWD : (int) registers.argument(argument - 1);
      Path link =
          folder == AT_FDCWD
              ? Path.of("/proc/" + thread + "/cwd")
              : Path.of("/proc/" + thread + "/fd/" + folder);
      Path base = Files.readSymbolicLink(link);
      return Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)
          ? base.resolve(named).normalize()
          : null;
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }
}
