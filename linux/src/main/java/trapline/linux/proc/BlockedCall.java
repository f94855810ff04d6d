package trapline.linux.proc;

import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.Architecture;
import trapline.model.Registers;

/// What the kernel tells of a thread that waits inside a system call, without stopping it
/// (`/proc/PID/syscall`, proc_pid_syscall(5)).
public final class BlockedCall {
  private static final Architecture ARCHITECTURE = Abi.NATIVE.machine();
  private static final int ARGUMENTS = 6;
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
    long[] slots = new long[ARCHITECTURE.slots()];
    try {
      slots[ARCHITECTURE.numberSlot()] = Long.parseLong(fields[0]);
      for (int i = 0; i < ARGUMENTS; i++) {
        slots[Abi.NATIVE.argumentSlot(i)] = hexadecimal(fields[1 + i]);
      }
      slots[ARCHITECTURE.stackPointerSlot()] = hexadecimal(fields[7]);
      slots[ARCHITECTURE.instructionPointerSlot()] = hexadecimal(fields[8]);
    } catch (NumberFormatException e) {
      return null;
    }
    return new Registers(ARCHITECTURE, slots);
  }

  private static long hexadecimal(String field) {
    return Long.parseUnsignedLong(field.startsWith("0x") ? field.substring(2) : field, 16);
  }
}
