package trapline.linux.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import trapline.linux.sys.FileStatus;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// Walks to a directory one name at a time, each opened beneath the one before without following a
/// link (openat(2) with O_NOFOLLOW), and looks at what was opened. It gets there only when nobody
/// but the user, and who owns the machine, can put something else at the path, now or later; from
/// then on the path itself can be used.
///
/// Nobody else can when each directory on the way belongs to the user or to root, and others may
/// not write to it, or may not touch what is not theirs there (the sticky bit of `/tmp`). A link
/// on the
/// way has to belong to them, too, and leads to a way of which the same is true.
final class TrustedWalk implements Closeable {
  private static final int OWNER_ONLY = 0700;
  private static final int OTHERS_WRITE = 0002;
  private static final int GROUP_WRITE = 0020;
  private static final int STICKY = 01000;
  private static final int MOST_LINKS = 40;
  private static final int AT_ALL = Numbers.O_PATH | Numbers.O_NOFOLLOW;

  private final Kernel kernel = new Kernel();
  private final long user = kernel.effectiveUser();
  private final long machineOwner = FileStatus.of("/", true).user();
  private final boolean make;
  private final String remedy;
  private int here = -1;
  private int links;

  /// @param make whether directories that are not there are made, for the user alone
  TrustedWalk(boolean make) {
    this(make, "name another directory (XDG_CACHE_HOME, XDG_DATA_HOME, TMPDIR)");
  }

  /// @param remedy what to do instead when the way is not trusted, in words
  TrustedWalk(boolean make, String remedy) {
    this.make = make;
    this.remedy = remedy;
  }

  /// The descriptor of where the walk has come to.
  int here() {
    return here;
  }

  /// Walks to a directory on the way to one of ours: links are followed, as said above.
  ///
  /// @return the path without links
  /// @throws UnsafePlace when others could change where it leads
  Path to(Path path) throws IOException {
    Path shown = top();
    require(shown, path);
    Deque<String> left = new ArrayDeque<>();
    path.toAbsolutePath().forEach(each -> left.add(each.toString()));
    while (!left.isEmpty()) {
      String name = left.pop();
      Path next = name.equals("..") ? parent(shown) : shown.resolve(name).normalize();
      String target = step(name, next);
      if (target.isEmpty()) {
        require(next, path);
        shown = next;
      } else {
        if (++links > MOST_LINKS) {
          throw new UnsafePlace(path + ": too many symbolic links");
        }
        Path to = Path.of(target);
        for (int i = to.getNameCount() - 1; i >= 0; i--) {
          left.push(to.getName(i).toString());
        }
        if (to.isAbsolute()) {
          shown = top();
        }
      }
    }
    return shown;
  }

  private Path top() throws IOException {
    close();
    Path top = Path.of("/");
    here = opened(kernel.openAt(Numbers.AT_FDCWD, "/", AT_ALL | Numbers.O_DIRECTORY, 0), top);
    return top;
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  /// Walks on into a directory of ours: no link, the user's own, and nobody else may write to it.
  ///
  /// @throws UnsafePlace when it is anything else
  void into(String name, Path shown) throws IOException {
    if (!step(name, shown).isEmpty()) {
      throw new UnsafePlace(
          shown + ": is a symbolic link, and Trapline follows none to where it writes; remove it");
    }
    FileStatus status = FileStatus.of(here);
    if (status.user() != user) {
      throw new UnsafePlace(
          shown
              + ": belongs to "
              + name(status.user())
              + ", not to you; remove it, or have it"
              + " removed");
    }
    if ((status.mode() & (GROUP_WRITE | OTHERS_WRITE)) != 0) {
      throw new UnsafePlace(
          shown
              + ": others can write to it, so nothing in it can be trusted; remove it, or look"
              + " through it and chmod go-w "
              + shown);
    }
  }

  /// Opens what has a name where the walk stands.
  ///
  /// @return what it says when it is a symbolic link, and the walk stays; empty when it is a
  ///     directory, which the walk goes into
  private String step(String name, Path shown) throws IOException {
    int next = kernel.openAt(here, name, AT_ALL | Numbers.O_DIRECTORY, 0);
    if (next == -Numbers.ENOENT && make) {
      int made = kernel.makeDirectoryAt(here, name, OWNER_ONLY);
      if (made != 0 && made != -Numbers.EEXIST) {
        throw FileErrors.of(shown, kernel, made);
      }
      next = kernel.openAt(here, name, AT_ALL | Numbers.O_DIRECTORY, 0);
    }
    if (next >= 0) {
      close();
      here = next;
      return "";
    }
    if (next != -Numbers.ENOTDIR && next != -Numbers.ELOOP) {
      throw FileErrors.of(shown, kernel, next);
    }
    int other = opened(kernel.openAt(here, name, AT_ALL, 0), shown);
    try {
      FileStatus status = FileStatus.of(other);
      if (!status.isLink()) {
        throw FileErrors.of(shown, kernel, -Numbers.ENOTDIR);
      }
      if (!isTrusted(status.user())) {
        throw new UnsafePlace(
            shown
                + ": is a symbolic link of "
                + name(status.user())
                + "; remove it, or name another"
                + " directory");
      }
      String target = kernel.readOpenLink(other);
      if (target.isEmpty()) {
        throw FileErrors.of(shown, kernel, -Numbers.ENOENT);
      }
      return target;
    } finally {
      kernel.close(other);
    }
  }

  private int opened(int descriptor, Path shown) throws IOException {
    if (descriptor < 0) {
      throw FileErrors.of(shown, kernel, descriptor);
    }
    return descriptor;
  }

  /// Whether others could put something else where the walk stands.
  private void require(Path shown, Path wanted) throws IOException {
    FileStatus status = FileStatus.of(here);
    String where = shown.equals(wanted) ? "" : wanted + ": ";
    if (!isTrusted(status.user())) {
      throw new UnsafePlace(
          where
              + shown
              + " belongs to "
              + name(status.user())
              + ", who could replace what is in"
              + " it; "
              + remedy());
    }
    boolean others = (status.mode() & OTHERS_WRITE) != 0;
    // Where each user has a group of the same number, nobody else is in it.
    boolean group = (status.mode() & GROUP_WRITE) != 0 && status.group() != user;
    if ((others || group) && (status.mode() & STICKY) == 0) {
      throw new UnsafePlace(
          where
              + shown
              + " can be written by others, who could replace what is in it; chmod "
              + (others ? "o-w " : "g-w ")
              + shown
              + ", or "
              + remedy());
    }
  }

  private String remedy() {
    return user == 0 && System.getenv("SUDO_USER") != null ? "use sudo -H, or " + remedy : remedy;
  }

  private boolean isTrusted(long owner) {
    return owner == user || owner == 0 || owner == machineOwner;
  }

  private static String name(long owner) {
    return "another user (" + owner + ")";
  }

  /// Makes a directory that was not there, by the first number that is free.
  ///
  /// @param prefix of its name, before the number
  /// @param most the last number that is tried
  /// @return the name
  String makeFresh(String prefix, int most, Path shown) throws IOException {
    int made = -Numbers.EEXIST;
    for (int number = 1; number <= most && made == -Numbers.EEXIST; number++) {
      made = kernel.makeDirectoryAt(here, prefix + number, OWNER_ONLY);
      if (made == 0) {
        return prefix + number;
      }
    }
    throw FileErrors.of(shown, kernel, made);
  }

  @Override
  public void close() {
    if (here >= 0) {
      kernel.close(here);
      here = -1;
    }
  }
}
