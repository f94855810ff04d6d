package trapline.linux.cause;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import trapline.bytes.ByteText;
import trapline.linux.proc.ProcFile;
import trapline.linux.sys.FileStatus;

/// The way along a path, component by component, as the kernel goes it for a thread: in the
/// thread's own root, through symbolic links (path_resolution(7)).
///
/// @param end how it ended
/// @param at the file where it ended: the one that was found, that is no directory, that may not be
///     searched, or the link that is one too many; for a missing one the directory that lacks it
/// @param missing the component that is not there; empty otherwise
/// @param parent the directory of the last component, when the way led so far; else `null`
record PathWalk(End end, @Nullable FileFacts at, String missing, @Nullable FileFacts parent) {
  enum End {
    FOUND,
    MISSING,
    NOT_DIRECTORY,
    NOT_SEARCHABLE,
    TOO_MANY_LINKS,
    /// A name or the whole is too long for the kernel.
    TOO_LONG,
    /// This process cannot look, whatever the other one can.
    UNKNOWN
  }

  private static final int MOST_LINKS = 40; // MAXSYMLINKS
  private static final int MOST_COMPONENTS = 4096;
  private static final int LONGEST_NAME = 255; // NAME_MAX
  private static final int LONGEST_PATH = 4096; // PATH_MAX

  /// @param followLast whether a link as last component is followed
  static PathWalk of(int thread, NamedPath path, Subject subject, boolean followLast) {
    return new Walk(thread, subject, followLast).go(path);
  }

  /// Whether the directory of the last component was reached, and the component is not in it.
  boolean lacksLast() {
    return end == End.MISSING && parent != null;
  }

  private static final class Walk {
    private final int thread;
    private final Subject subject;
    private final boolean followLast;
    private final String root;
    private final Deque<String> names = new ArrayDeque<>();
    private int links;

    /// The directory in which the next component is looked up.
    private FileFacts here;

    Walk(int thread, Subject subject, boolean followLast) {
      this.thread = thread;
      this.subject = subject;
      this.followLast = followLast;
      String link = ProcFile.link("/proc/" + thread + "/root");
      this.root = link == null || link.equals("/") ? "" : link;
      this.here = look("/");
    }

    PathWalk go(NamedPath path) {
      String text = path.text();
      if (ByteText.encode(text).length >= LONGEST_PATH) {
        return new PathWalk(End.TOO_LONG, null, "", null);
      }
      if (!text.startsWith("/")) {
        boolean isWorking = path.directory() == NamedPath.WORKING_DIRECTORY;
        String start =
            ProcFile.link("/proc/" + thread + (isWorking ? "/cwd" : "/fd/" + path.directory()));
        if (start == null || !start.startsWith("/")) {
          return new PathWalk(End.UNKNOWN, null, "", null);
        }
        boolean isBelow = start.equals(root) || start.startsWith(root + "/");
        here = look(isBelow ? "/" + trimmed(start.substring(root.length())) : start);
      }
      push(text);
      return walk();
    }

    private PathWalk walk() {
      FileFacts parent = null;
      for (int i = 0; !names.isEmpty() && i < MOST_COMPONENTS; i++) {
        if (here.status().error() != 0) {
          return new PathWalk(End.UNKNOWN, null, "", null);
        }
        if (!here.isDirectory()) {
          return new PathWalk(End.NOT_DIRECTORY, here, "", null);
        }
        if (!maySearch(here)) {
          return new PathWalk(End.NOT_SEARCHABLE, here, "", null);
        }
        String name = names.pop();
        boolean isLast = names.isEmpty();
        parent = isLast ? here : null;
        if (ByteText.encode(name).length > LONGEST_NAME) {
          return new PathWalk(End.TOO_LONG, here, name, null);
        }
        FileFacts next = look(child(here.path(), name));
        int error = next.status().error();
        if (error == 2) {
          return new PathWalk(End.MISSING, here, name, parent);
        }
        if (error != 0) {
          return new PathWalk(End.UNKNOWN, null, "", parent);
        }
        if (next.isLink() && (!isLast || followLast)) {
          if (++links > MOST_LINKS) {
            return new PathWalk(End.TOO_MANY_LINKS, next, "", null);
          }
          String target = target(next, name);
          if (target == null || target.isEmpty()) {
            return new PathWalk(End.UNKNOWN, null, "", parent);
          }
          if (target.startsWith("/")) {
            here = look("/");
          }
          push(target);
        } else {
          here = next;
        }
      }
      return here.status().error() == 0 && names.isEmpty()
          ? new PathWalk(End.FOUND, here, "", parent)
          : new PathWalk(End.UNKNOWN, null, "", parent);
    }

    /// What a link leads to; `null` where the kernel does not go by its text. `/proc/self` is
    /// whoever asks, and what is below `/proc/PID` leads to the open file itself.
    private @Nullable String target(FileFacts link, String name) {
      if (here.path().equals("/proc")) {
        String status = ProcFile.text("/proc/" + thread + "/status");
        String process = ProcFile.field(status, "Tgid:");
        switch (name) {
          case "self" -> {
            return process;
          }
          case "thread-self" -> {
            return process + "/task/" + thread;
          }
          default -> {}
        }
      } else if (here.path().startsWith("/proc/")) {
        return null;
      }
      return ProcFile.link(link.real());
    }

    /// An access control list may grant what the mode does not: then the way goes on.
    private boolean maySearch(FileFacts directory) {
      return subject.isGranted(directory, 1)
          || (directory.user() != subject.user() && directory.hasList())
          || subject.has(Subject.CAP_DAC_OVERRIDE)
          || subject.has(Subject.CAP_DAC_READ_SEARCH);
    }

    private void push(String path) {
      String[] parts = path.split("/");
      for (int i = parts.length - 1; i >= 0; i--) {
        if (!parts[i].isEmpty() && !parts[i].equals(".")) {
          names.push(parts[i]);
        }
      }
    }

    private FileFacts look(String path) {
      String real = real(path);
      return new FileFacts(path, real, FileStatus.of(real, false));
    }

    /// Behind `/proc/PID/root` no link at the end is followed, for all before it have been.
    private String real(String path) {
      return "/proc/" + thread + "/root" + (path.equals("/") ? "/" : path);
    }

    private static String child(String directory, String name) {
      if (name.equals("..")) {
        int slash = directory.lastIndexOf('/');
        return slash <= 0 ? "/" : directory.substring(0, slash);
      }
      return directory.equals("/") ? "/" + name : directory + "/" + name;
    }

    private static String trimmed(String path) {
      int start = 0;
      while (start < path.length() && path.charAt(start) == '/') {
        start++;
      }
      return path.substring(start);
    }
  }
}
