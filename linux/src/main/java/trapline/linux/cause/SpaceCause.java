package trapline.linux.cause;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import trapline.linux.proc.Mounts;
import trapline.linux.proc.ProcFile;
import trapline.linux.sys.FileSystemStatus;

/// Full file systems.
final class SpaceCause {
  private static final int PERCENT = 100;

  private SpaceCause() {}

  static void look(FailedCall call, Findings findings) {
    if (!call.errno().equals("ENOSPC") && !call.errno().equals("EDQUOT")) {
      return;
    }
    switch (call.name()) {
      case "inotify_add_watch" ->
          LimitCause.sysctl("fs.inotify.max_user_watches", "inotify watches per user", findings);
      case "epoll_ctl" ->
          LimitCause.sysctl("fs.epoll.max_user_watches", "epoll watches per user", findings);
      case "semget" -> LimitCause.sysctl("kernel.sem", "semaphore limits", findings);
      case "shmget" -> LimitCause.sysctl("kernel.shmmni", "shared memory segments", findings);
      case "msgget" -> LimitCause.sysctl("kernel.msgmni", "message queues", findings);
      default -> fileSystem(call, findings);
    }
  }

  private static void fileSystem(FailedCall call, Findings findings) {
    Subject subject = Subject.of(call.thread());
    for (NamedPath each : call.paths()) {
      PathWalk walk = PathWalk.of(call.thread(), each, subject, true);
      if (walk.at() != null) {
        say(call, walk.at().path(), walk.at().real(), findings);
      }
    }
    int descriptor = call.paths().isEmpty() ? call.descriptor() : -1;
    String file = descriptor < 0 ? null : ProcFile.link(call.proc("fd/" + descriptor));
    if (file != null && file.startsWith("/")) {
      say(call, file, call.proc("fd/" + descriptor), findings);
    }
  }

  private static void say(FailedCall call, String path, String real, Findings findings) {
    FileSystemStatus status = FileSystemStatus.of(real);
    if (status == null || status.blocks() == 0) {
      return;
    }
    Mounts.@Nullable Mount mount = MountCause.at(Mounts.of(call.thread()), path);
    String where = mount == null ? "the file system of " + Shown.name(path) : mount.text();
    findings.observed(
        where
            + " has "
            + size(status.free() * status.blockSize())
            + " free of "
            + size(status.blocks() * status.blockSize())
            + (status.files() > 0
                ? ", and " + status.freeFiles() + " of " + status.files() + " inodes"
                : ""));
  }

  private static String size(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    boolean isWhole = unit == 0 || Math.round(value * PERCENT) % PERCENT == 0;
    return String.format(Locale.ROOT, isWhole ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }
}
