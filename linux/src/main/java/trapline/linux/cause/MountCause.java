package trapline.linux.cause;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trapline.linux.proc.Mounts;
import trapline.linux.proc.ProcFile;

/// Errors that a mount decides: read-only file systems, `noexec`, links across mounts.
final class MountCause {
  private MountCause() {}

  static void look(FailedCall call, Findings findings) {
    switch (call.errno()) {
      case "EROFS" -> readOnly(call, findings);
      case "EACCES" -> notExecutable(call, findings);
      case "EXDEV" -> across(call, findings);
      default -> {}
    }
  }

  private static void readOnly(FailedCall call, Findings findings) {
    Mounts mounts = Mounts.of(call.thread());
    for (Mounts.@Nullable Mount mount : ofPaths(call, mounts)) {
      if (mount != null && mount.options().contains("ro")) {
        findings.observed("read-only: " + mount.text());
      }
    }
    Mounts.Mount mount = ofDescriptor(call, mounts);
    if (mount != null && mount.options().contains("ro")) {
      findings.observed("read-only: " + mount.text());
    }
  }

  private static void notExecutable(FailedCall call, Findings findings) {
    Mounts mounts = Mounts.of(call.thread());
    if (call.name().startsWith("execve")) {
      for (Mounts.@Nullable Mount mount : ofPaths(call, mounts)) {
        if (mount != null && mount.options().contains("noexec")) {
          findings.observed("nothing can be run from " + mount.text());
        }
      }
    }
  }

  private static void across(FailedCall call, Findings findings) {
    Mounts.@Nullable Mount[] mounts = ofPaths(call, Mounts.of(call.thread()));
    if (mounts.length == 2
        && mounts[0] != null
        && mounts[1] != null
        && !mounts[0].point().equals(mounts[1].point())) {
      findings.observed(
          "the files are on different mounts: " + mounts[0].text() + " and " + mounts[1].text());
    }
  }

  private static Mounts.@Nullable Mount[] ofPaths(FailedCall call, Mounts mounts) {
    Subject subject = Subject.of(call.thread());
    Mounts.@Nullable Mount[] found = new Mounts.@Nullable Mount[call.paths().size()];
    for (int i = 0; i < found.length; i++) {
      PathWalk walk =
          PathWalk.of(call.thread(), call.paths().get(i), subject, PathCause.followsLast(call));
      FileFacts file = walk.at() != null ? walk.at() : walk.parent();
      found[i] = file == null ? null : at(mounts, file.path());
    }
    return found;
  }

  private static Mounts.@Nullable Mount ofDescriptor(FailedCall call, Mounts mounts) {
    int descriptor = call.paths().isEmpty() ? call.descriptor() : -1;
    String file = descriptor < 0 ? null : ProcFile.link(call.proc("fd/" + descriptor));
    return file == null || !file.startsWith("/") ? null : at(mounts, file);
  }

  static Mounts.@Nullable Mount at(Mounts mounts, String path) {
    try {
      return mounts.at(Path.of(path));
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
