package trapline.linux.cause;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `EACCES` and `EPERM` of calls that name files: which file or directory refused, its mode and
/// owner, and the caller's ids.
final class RefusalCause {
  private static final int O_ACCMODE = 3;
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_TRUNC = 01000;
  private static final int AT_EACCESS = 0x200;
  private static final int READ = 4;
  private static final int WRITE = 2;
  private static final int RUN = 1;

  /// Calls that add or remove a directory's entries.
  private static final Set<String> ENTRIES =
      Set.of(
          "unlink",
          "unlinkat",
          "rmdir",
          "rename",
          "renameat",
          "renameat2",
          "mkdir",
          "mkdirat",
          "mknod",
          "mknodat",
          "link",
          "linkat",
          "symlink",
          "symlinkat");

  /// Those that only the owner may make, or who has CAP_FOWNER.
  private static final Set<String> OWNERS =
      Set.of("chmod", "fchmodat", "fchmodat2", "utime", "utimes", "utimensat");

  private static final Set<String> REMOVE =
      Set.of("unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2");

  private RefusalCause() {}

  static void look(FailedCall call, Findings findings) {
    boolean isRefused = call.errno().equals("EACCES");
    if (!isRefused && !call.errno().equals("EPERM")) {
      return;
    }
    Subject subject = subject(call);
    for (int i = 0; i < call.paths().size(); i++) {
      if (PathCause.isLookedUp(call, i)) {
        PathWalk walk =
            PathWalk.of(call.thread(), call.paths().get(i), subject, PathCause.followsLast(call));
        if (walk.end() == PathWalk.End.NOT_SEARCHABLE && walk.at() != null) {
          findings.observed(
              Shown.name(walk.at().path())
                  + " is "
                  + walk.at().rights()
                  + ": "
                  + subject.text()
                  + " may not search it");
        } else {
          flags(walk, findings);
          if (isRefused) {
            mode(call, walk, subject, findings);
          } else {
            owner(call, walk, subject, findings);
          }
        }
      }
    }
  }

  /// access(2) asks for the real user.
  private static Subject subject(FailedCall call) {
    boolean isReal =
        call.name().equals("access")
            || call.name().equals("faccessat")
            || (call.name().equals("faccessat2") && (call.argument("flags", 0) & AT_EACCESS) == 0);
    return isReal ? Subject.real(call.thread()) : Subject.of(call.thread());
  }

  /// Immutable and append-only files refuse even root (chattr(1)).
  private static void flags(PathWalk walk, Findings findings) {
    flag(walk.at(), findings);
    flag(walk.parent(), findings);
  }

  private static void flag(@Nullable FileFacts file, Findings findings) {
    if (file != null && file.isImmutable()) {
      findings.observed(Shown.name(file.path()) + " is immutable (chattr +i)");
    } else if (file != null && file.isAppendOnly()) {
      findings.observed(Shown.name(file.path()) + " can only be appended to (chattr +a)");
    }
  }

  private static void mode(FailedCall call, PathWalk walk, Subject subject, Findings findings) {
    FileFacts parent = walk.parent();
    FileFacts at = walk.at();
    if (ENTRIES.contains(call.name()) || walk.lacksLast()) {
      if (parent != null) {
        check(parent, WRITE | RUN, subject, "write to it", findings);
      }
      return;
    }
    if (at == null || walk.end() != PathWalk.End.FOUND) {
      return;
    }
    int wanted = wanted(call);
    if ((wanted & RUN) != 0 && call.name().startsWith("execve") && at.isDirectory()) {
      findings.observed(Shown.name(at.path()) + " is a directory, which cannot be run");
    } else if (wanted != 0) {
      check(at, wanted, subject, verb(wanted) + " it", findings);
    }
  }

  private static void check(
      FileFacts file, int wanted, Subject subject, String what, Findings findings) {
    boolean overrides =
        subject.has(Subject.CAP_DAC_OVERRIDE)
            && ((wanted & RUN) == 0 || file.isDirectory() || (file.mode() & 0111) != 0);
    if (overrides || subject.isGranted(file, wanted)) {
      return;
    }
    String text =
        Shown.name(file.path())
            + " is "
            + file.rights()
            + ": "
            + subject.text()
            + " may not "
            + what;
    if (file.user() != subject.user() && file.hasList()) {
      findings.inferred(text, "by its mode; it has an access control list, too");
    } else {
      findings.observed(text);
    }
  }

  private static int wanted(FailedCall call) {
    if (call.name().startsWith("execve")) {
      return RUN;
    }
    if (call.name().equals("access") || call.name().startsWith("faccessat")) {
      return (int) call.argument("mode", 0) & 7;
    }
    if (call.name().equals("truncate")) {
      return WRITE;
    }
    if (call.name().equals("chdir") || call.name().equals("chroot")) {
      return RUN;
    }
    if (!call.name().equals("open") && !call.name().equals("openat")) {
      return call.name().equals("creat") ? WRITE : 0;
    }
    long flags = call.argument("flags", 0);
    int wanted = (flags & O_TRUNC) != 0 ? WRITE : 0;
    return switch ((int) flags & O_ACCMODE) {
      case O_WRONLY -> wanted | WRITE;
      case O_RDWR -> wanted | READ | WRITE;
      default -> wanted | READ;
    };
  }

  private static String verb(int wanted) {
    return switch (wanted) {
      case READ -> "read";
      case WRITE -> "write";
      case RUN -> "run or search";
      case READ | WRITE -> "read and write";
      default -> "use";
    };
  }

  private static void owner(FailedCall call, PathWalk walk, Subject subject, Findings findings) {
    FileFacts at = walk.at();
    FileFacts parent = walk.parent();
    if (at == null || walk.end() != PathWalk.End.FOUND || subject.has(Subject.CAP_FOWNER)) {
      return;
    }
    if (REMOVE.contains(call.name())
        && parent != null
        && parent.isSticky()
        && at.user() != subject.user()
        && parent.user() != subject.user()) {
      findings.observed(
          Shown.name(parent.path())
              + " is sticky ("
              + parent.rights()
              + "): only the owner of "
              + Shown.name(at.path())
              + ", uid "
              + at.user()
              + ", may remove it, not "
              + subject.text());
    } else if (OWNERS.contains(call.name()) && at.user() != subject.user()) {
      findings.observed(
          Shown.name(at.path())
              + " is owned by uid "
              + at.user()
              + ": "
              + subject.text()
              + " without CAP_FOWNER may not change it");
    }
  }
}
