package trapline.linux.cause;

import java.util.Set;
import trapline.linux.proc.ProcFile;
import trapline.linux.proc.Processes;
import trapline.linux.sys.FileStatus;

/// Locks that another process holds (`/proc/locks`, proc_locks(5)).
final class LockCause {
  private static final Set<String> ERRORS = Set.of("EAGAIN", "EACCES", "EWOULDBLOCK", "EDEADLK");
  private static final Set<Long> COMMANDS = Set.of(6L, 37L); // F_SETLK, F_OFD_SETLK
  private static final int KIND = 1;
  private static final int ACCESS = 3;
  private static final int HOLDER = 4;
  private static final int FILE = 5;
  private static final int FROM = 6;
  private static final int TO = 7;

  private LockCause() {}

  static void look(FailedCall call, Findings findings) {
    boolean isLock =
        call.name().equals("flock")
            || (call.name().equals("fcntl") && COMMANDS.contains(call.argument("cmd", 0)));
    if (!isLock || !ERRORS.contains(call.errno())) {
      return;
    }
    FileStatus file = FileStatus.of(call.proc("fd/" + call.descriptor()), true);
    if (file.error() != 0) {
      return;
    }
    boolean isFlock = call.name().equals("flock");
    String suffix = ":" + file.inode();
    for (String line : ProcFile.text("/proc/locks").split("\n")) {
      String[] fields = line.split("\\s+");
      if (fields.length > TO && !fields[1].equals("->") && fields[FILE].endsWith(suffix)) {
        int process = (int) ProcFile.number(fields[HOLDER], 10, 0);
        if (process != call.process() && fields[KIND].equals("FLOCK") == isFlock) {
          findings.observed(
              (process > 0 ? Processes.name(process) : "an open file description")
                  + " holds the lock: "
                  + fields[KIND]
                  + " "
                  + fields[ACCESS]
                  + ", bytes "
                  + fields[FROM]
                  + " to "
                  + fields[TO]);
        }
      }
    }
  }
}
