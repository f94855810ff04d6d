package trapline.linux.cause;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.bytes.LittleEndian;
import trapline.linux.proc.ProcFile;
import trapline.linux.proc.Processes;
import trapline.linux.sys.FileStatus;
import trapline.model.Argument;
import trapline.model.SyscallId;

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
  private static final int LOCK_SH = 1;

  /// What is asked for: a range of bytes, to read or to write.
  ///
  /// @param to the last byte
  private record Wanted(boolean writes, long from, long to) {
    /// `struct flock` (`asm-generic/fcntl.h`), from the start of the file; everything otherwise.
    static Wanted record(byte @Nullable [] flock) {
      if (flock == null || flock[2] != 0) {
        return new Wanted(true, 0, Long.MAX_VALUE);
      }
      long start = LittleEndian.word(flock, 8);
      long length = LittleEndian.word(flock, 16);
      return new Wanted(flock[0] != 0, start, length == 0 ? Long.MAX_VALUE : start + length - 1);
    }

    boolean conflicts(String access, String from, String to) {
      long first = ProcFile.number(from, 10, 0);
      long last = ProcFile.number(to, 10, Long.MAX_VALUE); // `EOF`
      return (writes || access.equals("WRITE")) && first <= this.to && this.from <= last;
    }
  }

  private LockCause() {}

  /// The index of the argument that points to a lock that is asked for; -1 when none does.
  static int lockArgument(SyscallId id, List<Argument> arguments) {
    boolean isFcntl = SyscallTable.of(id.abi()).nameOf(id.number()).equals("fcntl");
    return isFcntl && arguments.size() > 2 && COMMANDS.contains(arguments.get(1).raw()) ? 2 : -1;
  }

  static void look(FailedCall call, Findings findings) {
    boolean isFlock = call.name().equals("flock");
    boolean isLock =
        isFlock || (call.name().equals("fcntl") && COMMANDS.contains(call.argument("cmd", 0)));
    if (!isLock || !ERRORS.contains(call.errno())) {
      return;
    }
    FileStatus file = FileStatus.of(call.proc("fd/" + call.descriptor()), true);
    if (file.error() != 0) {
      return;
    }
    Wanted wanted =
        isFlock
            ? new Wanted((call.argument("cmd", 0) & LOCK_SH) == 0, 0, Long.MAX_VALUE)
            : Wanted.record(call.memory().readExactly(call.argument("arg", 0), 24));
    String name =
        String.format(
            java.util.Locale.ROOT,
            "%02x:%02x:%d",
            file.device() >>> 20,
            file.device() & 0xfffff,
            file.inode());
    for (String line : ProcFile.text("/proc/locks").split("\n")) {
      String[] fields = line.split("\\s+");
      if (fields.length <= TO
          || fields[KIND].equals("->")
          || fields[KIND].equals("FLOCK") != isFlock
          || !fields[FILE].endsWith(":" + file.inode())
          || !wanted.conflicts(fields[ACCESS], fields[FROM], fields[TO])) {
        continue;
      }
      int process = (int) ProcFile.number(fields[HOLDER], 10, 0);
      if (process != call.process()) {
        String text =
            (process > 0 ? Processes.name(process) : "an open file description")
                + " holds the lock: "
                + fields[KIND]
                + " "
                + fields[ACCESS]
                + ", bytes "
                + fields[FROM]
                + " to "
                + fields[TO];
        if (fields[FILE].equals(name)) {
          findings.observed(text);
        } else { // the device that a file system shows need not be the one it locks by
          findings.inferred(text, "the lock's file has the same inode number");
        }
      }
    }
  }
}
