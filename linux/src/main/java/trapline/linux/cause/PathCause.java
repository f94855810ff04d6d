package trapline.linux.cause;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import trapline.bytes.ByteText;
import trapline.linux.proc.FileNames;
import trapline.linux.proc.Processes;

/// Errors that say how far a path leads: what is missing, is no directory, is there already.
final class PathCause {
  private static final Set<String> ERRORS =
      Set.of(
          "ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EEXIST", "ENOTEMPTY", "EISDIR", "ETXTBSY");
  private static final int O_NOFOLLOW = 0400000;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int NAMES_SHOWN = 3;
  private static final int NAMES_COUNTED = 10_000;

  /// Calls that act on a link itself (symlink(7)).
  private static final Set<String> ON_LINKS =
      Set.of(
          "lstat",
          "lchown",
          "readlink",
          "readlinkat",
          "rename",
          "renameat",
          "renameat2",
          "unlink",
          "unlinkat",
          "rmdir",
          "link",
          "linkat",
          "symlink",
          "symlinkat",
          "mkdir",
          "mkdirat",
          "mknod",
          "mknodat",
          "lgetxattr",
          "lsetxattr",
          "llistxattr",
          "lremovexattr");

  /// Those whose first path is text, or a device or type that need not be a file.
  private static final Set<String> TEXT_FIRST = Set.of("symlink", "symlinkat", "mount");

  private PathCause() {}

  static void look(FailedCall call, Findings findings) {
    if (!ERRORS.contains(call.errno())) {
      return;
    }
    Subject subject = Subject.of(call.thread());
    for (int i = 0; i < call.paths().size(); i++) {
      if (isLookedUp(call, i)) {
        PathWalk walk = PathWalk.of(call.thread(), call.paths().get(i), subject, followsLast(call));
        look(call, call.paths().get(i), walk, findings);
      }
    }
  }

  /// Whether the kernel looks up that path of a call as a file.
  static boolean isLookedUp(FailedCall call, int index) {
    if (call.paths().get(index).text().isEmpty()) {
      return false;
    }
    boolean isText = index == 0 && TEXT_FIRST.contains(call.name());
    return !isText && (index < 2 || !call.name().equals("mount"));
  }

  /// Whether the call follows a link as last component.
  static boolean followsLast(FailedCall call) {
    if (call.name().startsWith("open")) {
      return (call.argument("flags", 0) & O_NOFOLLOW) == 0;
    }
    long flags = call.argument("flag", call.argument("flags", 0));
    return !ON_LINKS.contains(call.name()) && (flags & AT_SYMLINK_NOFOLLOW) == 0;
  }

  private static void look(FailedCall call, NamedPath path, PathWalk walk, Findings findings) {
    FileFacts at = walk.at();
    switch (call.errno()) {
      case "ENOENT" -> {
        if (walk.end() == PathWalk.End.MISSING && at != null) {
          boolean isOwn = path.text().endsWith(walk.missing());
          findings.observed(
              Shown.quoted(walk.missing())
                  + " does not exist in "
                  + Shown.name(at.path())
                  + (isOwn || !walk.lacksLast()
                      ? ""
                      : ", where " + Shown.name(path.text()) + " leads"));
        } else if (walk.end() == PathWalk.End.FOUND && at != null && runs(call)) {
          interpreter(call, at, findings);
        }
      }
      case "ENOTDIR" -> {
        if (walk.end() == PathWalk.End.NOT_DIRECTORY && at != null) {
          findings.observed(Shown.name(at.path()) + " is " + at.kind() + ", not a directory");
        } else if (walk.end() == PathWalk.End.FOUND && at != null && !at.isDirectory()) {
          findings.observed(Shown.name(at.path()) + " is " + at.kind() + ", not a directory");
        }
      }
      case "ELOOP" -> {
        if (walk.end() == PathWalk.End.TOO_MANY_LINKS && at != null) {
          findings.observed(
              "more than 40 symbolic links on the way; the last is " + Shown.name(at.path()));
        } else if (at != null && at.isLink()) {
          findings.observed(
              Shown.name(at.path()) + " is a symbolic link, and the call asked not to follow it");
        }
      }
      case "ENAMETOOLONG" -> {
        if (walk.end() == PathWalk.End.TOO_LONG) {
          findings.observed(
              walk.missing().isEmpty()
                  ? "the path has "
                      + ByteText.encode(path.text()).length
                      + " bytes; the limit is 4095"
                  : "a name in it has "
                      + ByteText.encode(walk.missing()).length
                      + " bytes; the limit is 255");
        }
      }
      case "EEXIST" -> {
        if (walk.end() == PathWalk.End.FOUND && at != null) {
          findings.observed(Shown.name(at.path()) + " is there: " + at.kind() + ", " + at.rights());
        }
      }
      case "EISDIR" -> {
        if (walk.end() == PathWalk.End.FOUND && at != null && at.isDirectory()) {
          findings.observed(Shown.name(at.path()) + " is a directory");
        }
      }
      case "ENOTEMPTY" -> {
        if (walk.end() == PathWalk.End.FOUND && at != null && at.isDirectory()) {
          entries(at, findings);
        }
      }
      case "ETXTBSY" -> {
        if (walk.end() == PathWalk.End.FOUND && at != null) {
          for (String each : Processes.running(at.status().device(), at.status().inode())) {
            findings.observed(Shown.name(at.path()) + " is being run by " + each);
          }
        }
      }
      default -> {}
    }
  }

  private static boolean runs(FailedCall call) {
    return call.name().startsWith("execve");
  }

  /// A file that is there and cannot be found: what it is run with is missing.
  private static void interpreter(FailedCall call, FileFacts file, Findings findings) {
    String interpreter = Interpreter.of(file.real());
    if (interpreter.isEmpty()) {
      return;
    }
    PathWalk walk =
        PathWalk.of(
            call.thread(),
            new NamedPath(interpreter, NamedPath.WORKING_DIRECTORY),
            Subject.of(call.thread()),
            true);
    if (walk.end() == PathWalk.End.MISSING) {
      findings.observed(
          Shown.name(file.path())
              + " is run by "
              + Shown.name(interpreter)
              + ", which does not exist");
    }
  }

  private static void entries(FileFacts directory, Findings findings) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(FileNames.path(directory.real()))) {
      for (Path each : entries) {
        if (names.size() == NAMES_COUNTED) {
          return;
        }
        names.add(String.valueOf(each.getFileName()));
      }
    } catch (IOException | InvalidPathException | DirectoryIteratorException e) {
      return;
    }
    if (names.isEmpty()) {
      return;
    }
    Collections.sort(names);
    StringBuilder text = new StringBuilder(Shown.name(directory.path())).append(" holds ");
    text.append(
        names.size() == 1
            ? "one entry: "
            : String.format(Locale.ROOT, "%d entries: ", names.size()));
    for (int i = 0; i < Math.min(NAMES_SHOWN, names.size()); i++) {
      text.append(i == 0 ? "" : ", ").append(Shown.name(names.get(i)));
    }
    findings.observed(text.append(names.size() > NAMES_SHOWN ? ", …" : "").toString());
  }
}
