package trapline.linux.files;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import trapline.linux.sys.FileStatus;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// A file that the user named for output. Where others may make files, too, as in `/tmp`, nothing
/// is written through a link, or into a file, pipe or device, that another user has put there: the
/// rule of `fs.protected_symlinks` and its like (`proc_sys_fs(5)`), for every directory that others
/// can write to, whatever the machine is set to.
public final class OutputFile {
  private static final int OTHERS_WRITE = 0002;
  private static final int GROUP_WRITE = 0020;
  private static final int MOST_LINKS = 40;

  private OutputFile() {}

  /// Opens it, empty; made when it is not there.
  ///
  /// @throws UnsafePlace when another user has put there what is there
  public static OutputStream open(Path file) throws IOException {
    Path target = target(file);
    FileStatus status = FileStatus.of(target.toString(), false);
    if (status.error() != 0) {
      try {
        return channel(target, StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        throw new UnsafePlace(file + ": another process is creating a file of that name");
      }
    }
    if (!status.isRegular()) {
      return new FileOutputStream(target.toFile()); // such as /dev/null, or the user's own pipe
    }
    return opened(file, target, status);
  }

  /// Makes directories that the user named, as mkdir(1) does.
  public static void directories(Path path) throws IOException {
    Files.createDirectories(path);
  }

  /// Checks that nobody else can put something in the place of a directory that the user named, or
  /// of what is made in it: see [TrustedWalk].
  ///
  /// @param remedy what to do instead, in words
  /// @throws UnsafePlace when others can
  public static void requireTrusted(Path directory, String remedy) throws IOException {
    try (TrustedWalk walk = new TrustedWalk(false, remedy)) {
      walk.to(directory);
    }
  }

  /// Makes a directory that was not there, for the user alone, until it is moved.
  ///
  /// @param remedy what to do instead, in words
  /// @throws UnsafePlace when others could put another in its place meanwhile
  public static void freshDirectory(Path path, String remedy) throws IOException {
    requireTrusted(Objects.requireNonNull(path.toAbsolutePath().getParent()), remedy);
    Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static OutputStream channel(Path file, StandardOpenOption how) throws IOException {
    return Channels.newOutputStream(
        FileChannel.open(file, Set.of(how, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)));
  }

  /// Opens what was looked at, and nothing that has taken its place since.
  private static OutputStream opened(Path file, Path target, FileStatus seen) throws IOException {
    Kernel kernel = new Kernel();
    int flags = Numbers.O_PATH | Numbers.O_NOFOLLOW;
    int held = kernel.openAt(Numbers.AT_FDCWD, target.toString(), flags, 0);
    if (held < 0) {
      throw FileErrors.of(target, kernel, held);
    }
    try {
      FileStatus now = FileStatus.of(held);
      if (now.inode() != seen.inode() || now.device() != seen.device()) {
        throw new UnsafePlace(file + ": another process is changing it");
      }
      return Channels.newOutputStream(
          FileChannel.open(
              Path.of("/proc/self/fd/" + held),
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING));
    } finally {
      kernel.close(held);
    }
  }

  private static boolean isShared(FileStatus directory) {
    long user = new Kernel().effectiveUser();
    return (directory.mode() & OTHERS_WRITE) != 0
        || ((directory.mode() & GROUP_WRITE) != 0 && directory.group() != user)
        || (directory.user() != user && directory.user() != 0);
  }

  /// Whether it is the user's own, or a plain file of whom the directory belongs to.
  private static boolean isHarmless(FileStatus file, FileStatus directory) {
    return file.user() == new Kernel().effectiveUser()
        || file.user() == 0
        || (file.isRegular() && file.links() == 1 && file.user() == directory.user());
  }

  /// Where a named file really is: links are followed, as long as nobody else could have put them
  /// there.
  ///
  /// @throws UnsafePlace when another user has put there what is there
  static Path target(Path file) throws IOException {
    Path at = file.toAbsolutePath();
    for (int links = 0; links <= MOST_LINKS; links++) {
      FileStatus status = FileStatus.of(at.toString(), false);
      if (status.error() != 0) {
        return at;
      }
      Path directory = Objects.requireNonNullElse(at.getParent(), at);
      FileStatus above = FileStatus.of(directory.toString(), true);
      if (isShared(above) && !isHarmless(status, above)) {
        throw new UnsafePlace(
            file
                + ": another user ("
                + status.user()
                + ") has put there what is there; remove it, or name another file");
      }
      if (!status.isLink()) {
        return at;
      }
      byte[] target = new Kernel().readLink(at.toString());
      if (target == null || at.startsWith("/proc") || at.startsWith("/dev")) {
        return at; // such as /dev/stdout, whose link is not of a name
      }
      at = directory.resolve(trapline.bytes.ByteText.decode(target));
    }
    throw new UnsafePlace(file + ": too many symbolic links");
  }
}
