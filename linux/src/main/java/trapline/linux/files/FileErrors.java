package trapline.linux.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.Locale;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// Why a file could not be used, in plain words: Java's exceptions say some of it only by the name
/// of their class.
public final class FileErrors {
  private FileErrors() {}

  /// What the kernel refused, as the exception that Java has for it.
  static IOException of(Path path, Kernel kernel, int result) {
    return switch (-result) {
      case Numbers.ENOENT -> new NoSuchFileException(path.toString());
      case Numbers.EACCES, Numbers.EPERM -> new AccessDeniedException(path.toString());
      case Numbers.EEXIST -> new FileAlreadyExistsException(path.toString());
      case Numbers.ENOTDIR -> new NotDirectoryException(path.toString());
      default -> new FileSystemException(path.toString(), null, kernel.errorText(-result));
    };
  }

  /// The file and why: `/x/y: no such file`.
  public static String line(IOException e) {
    String file = e instanceof FileSystemException with ? with.getFile() : null;
    return file == null ? reason(e) : file + ": " + reason(e);
  }

  /// Why something could not be read, whether its file or what is in it was at fault.
  public static String text(Exception e) {
    return e instanceof IOException file ? line(file) : String.valueOf(e.getMessage());
  }

  /// Why, in a few words, without the file's name unless nothing else is known.
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException absent -> "no such file or directory";
      case FileAlreadyExistsException there -> "it already exists";
      case DirectoryNotEmptyException full -> "the directory is not empty";
      case NotDirectoryException other -> "not a directory";
      case FileSystemLoopException loop -> "too many symbolic links";
      case NotLinkException other -> "not a symbolic link";
      case AtomicMoveNotSupportedException across -> "it is on another file system";
      case FileSystemException with when with.getReason() != null -> plain(with.getReason());
      case ClosedByInterruptException interrupted -> "interrupted";
      case InterruptedIOException interrupted when interrupted.getMessage() == null ->
          "interrupted";
      default -> plain(e);
    };
  }

  private static String plain(IOException e) {
    String message = e.getMessage();
    if (message != null && !message.isBlank()) {
      return plain(message);
    }
    // Such as UnresolvedAddressException: the words of the name are all that there is.
    String words = e.getClass().getSimpleName().replaceAll("(IO)?Exception$", "");
    String apart = words.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    return apart.isEmpty() ? "input or output failed" : apart;
  }

  /// Java's text of a failed start of a program: `Cannot run program "x" (…): error=2, No such …`.
  private static String plain(String message) {
    int error = message.lastIndexOf("error=");
    int comma = error < 0 ? -1 : message.indexOf(", ", error);
    return comma < 0 ? message : message.substring(comma + 2);
  }

  /// Whether there was no room.
  public static boolean isFull(IOException e) {
    return isFull(String.valueOf(e.getMessage()));
  }

  /// Whether what a command said is that there was no room.
  public static boolean isFull(String text) {
    return text.contains("No space left on device") || text.contains("uota exceeded");
  }
}
