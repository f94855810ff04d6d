package trapline.follow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.bytes.ByteText;
import trapline.linux.files.UntrustedFile;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.SyscallId;

/// The files that a run looked at, as they were before the run touched them, so that the program
/// can be run once more elsewhere and finds the same.
///
/// A file that is about to be written is copied first; one that the program makes is left out.
public final class FilesTouched {
  private static final long LARGEST_COPY = 16L << 20;
  static final int MOST = 4000;
  private static final int MOST_MADE = 100_000;
  private static final int O_ACCMODE = 3;
  private static final int O_CREAT = 0100;
  private static final int O_TRUNC = 01000;

  /// Calls that leave what a path names as it is.
  private static final Set<String> LOOKS =
      Set.of(
          "openat2",
          "stat",
          "lstat",
          "access",
          "readlink",
          "execve",
          "execveat",
          "chdir",
          "chroot",
          "statfs",
          "getxattr",
          "lgetxattr",
          "listxattr",
          "llistxattr",
          "inotify_add_watch",
          "newfstatat",
          "statx",
          "faccessat",
          "faccessat2",
          "readlinkat",
          "mount",
          "umount2");

  private final Path copies;
  private final Set<Path> opened = new LinkedHashSet<>();
  private final Map<Path, Path> copied = new HashMap<>();
  private final Set<Path> made = new HashSet<>();
  private boolean cut;
  private boolean odd;

  /// @param copies a directory for the copies, which is the caller's to remove
  public FilesTouched(Path copies) {
    this.copies = copies;
  }

  /// The files and directories, by the paths that the run gave them.
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

  /// Whether there were too many to note them all.
  boolean isCut() {
    return cut;
  }

  /// Whether the run named files by names that are not UTF-8, which are not noted.
  boolean hasOddNames() {
    return odd;
  }

  /// A thread is about to make a call.
  ///
  /// @param named the paths that it names
  void entered(int thread, SyscallId id, Registers registers, List<PathArguments.Named> named) {
    Abi abi = id.abi();
    String name = SyscallTable.of(abi).nameOf(id.number());
    for (PathArguments.Named each : named) {
      if (opened.size() >= MOST) {
        cut = true;
        return;
      }
      odd |= ByteText.hasBytes(each.text());
      Path path = path(thread, abi, registers, each);
      if (path != null && !isOfKernel(path)) {
        boolean changes =
            opens(name)
                ? isWritten(registers.argument(abi, each.argument().argument() + 1))
                : !LOOKS.contains(name);
        touched(path, changes);
      }
    }
  }

  private void touched(Path path, boolean changes) {
    if (isMade(path)) {
      return;
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      opened.add(path);
      if (changes && Files.isRegularFile(path)) {
        keep(path);
      }
      return;
    }
    // How far the kernel gets on the way decides the error, too.
    Path there = path.getParent();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there != null && !isOfKernel(there)) {
      opened.add(there);
    }
    if (changes) {
      make(path);
    }
  }

  private static boolean opens(String name) {
    return name.equals("open") || name.equals("openat");
  }

  private static boolean isWritten(long flags) {
    return (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != 0;
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
        try (UntrustedFile file = UntrustedFile.open(real)) {
          file.copyTo(copy);
        }
        copied.put(real, copy);
      }
    } catch (IOException e) {
      return; // what cannot be read here cannot be carried; the guest then says what it lacks
    }
  }

  private boolean isMade(Path path) {
    try {
      return !made.isEmpty() && made.contains(path.toRealPath());
    } catch (IOException e) {
      return false; // it is not there (any more)
    }
  }

  private void make(Path path) {
    Path folder = path.getParent();
    try {
      if (made.size() >= MOST_MADE) {
        cut = true;
      } else if (folder != null && Files.isDirectory(folder) && !isOfKernel(folder)) {
        made.add(folder.toRealPath().resolve(path.getFileName()));
      }
    } catch (IOException e) {
      return; // nor can the file be made without its folder
    }
  }

  private static @Nullable Path path(
      int thread, Abi abi, Registers registers, PathArguments.Named path) {
    if (path.text().isEmpty()) {
      return null;
    }
    try {
      Path named = Path.of(path.text());
      if (named.isAbsolute()) {
        return named;
      }
      PathArguments argument = path.argument();
      int folder =
          argument.folder() < 0
              ? PathArguments.AT_FDCWD
              : (int) registers.argument(abi, argument.folder());
      Path link =
          folder == PathArguments.AT_FDCWD
              ? Path.of("/proc/" + thread + "/cwd")
              : Path.of("/proc/" + thread + "/fd/" + folder);
      Path base = Files.readSymbolicLink(link);
      return Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS) ? base.resolve(named) : null;
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }
}
