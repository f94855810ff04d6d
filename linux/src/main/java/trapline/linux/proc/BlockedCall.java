package trapline.linux.proc;

import org.jspecify.annotations.Nullable;
import trapline.model.Registers;

/// What the kernel tells of a thread that waits inside a system call, without stopping it
/// (`/proc/PID/syscall`, proc_pid_syscall(5)).
public final class BlockedCall {
  private static final int RDI = 14;
  private static final int[] ARGUMENTS = {RDI, 13, 12, 7, 9, 8};
  private static final int ORIG_RAX = 15;
  private static final int RIP = 16;
  private static final int RSP = 19;
  private static final int FIELDS = 9;

  private BlockedCall() {}

  /// The registers of a thread as far as they are told: the call's number and arguments, the
  /// program counter and the stack pointer; the others are 0.
  ///
  /// @return `null` when the thread runs, is gone, or may not be looked at
  public static @Nullable Registers registersOf(int threadId) {
    String[] fields = ProcFile.text("/proc/" + threadId + "/syscall").strip().split(" ", -1);
    if (fields.length != FIELDS) {
      return null;
    }
    long[] slots = new long[Registers.SLOTS];
    try {
      slots[ORIG_RAX] = Long.parseLong(fields[0]);
      for (int i = 0; i < ARGUMENTS.length; i++) {
        slots[ARGUMENTS[i]] = hexadecimal(fields[1 + i]);
      }
      slots[RSP] = hexadecimal(fields[7]);
      slots[RIP] = hexadecimal(fields[8]);
    } catch (NumberFormatException e) {
      return null;
    }
    return new Registers(slots);
  }

  private static long hexadecimal(String field) {
    return Long.parseUnsignedLong(field.startsWith("0x") ? field.substring(2) : field, 16);
  }
}
