package trapline.linux.ptrace;

import trapline.bytes.LittleEndian;
import trapline.linux.proc.ProcessMemory;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;
import trapline.model.Abi;
import trapline.model.SyscallId;

/// What a new thread shares with its maker: the `CLONE_` flags (clone(2)).
///
/// The kernel's choice of event does not tell: `clone(CLONE_VM | SIGCHLD)` is a fork event, and
/// `clone(CLONE_VFORK | SIGCHLD)` a vfork event without shared memory.
final class ForkFlags {
  private static final int I386_FORK = 2;
  private static final int I386_CLONE = 120;
  private static final int I386_VFORK = 190;

  private ForkFlags() {}

  /// The flags of the call that `parent` is in, at its fork event.
  static long of(Ptrace ptrace, TracedThread parent, int event) {
    if (ptrace.fetchRegisters(parent.threadId) < 0) {
      return byEvent(event);
    }
    SyscallId call = parent.call;
    long number = call == null ? ptrace.register(Ptrace.NUMBER) : call.number();
    if (number == Numbers.NR_CLONE3) { // the same number in each ABI
      long address = argument(ptrace, call == null ? Abi.NATIVE : call.abi(), 0);
      byte[] flags = new ProcessMemory(parent.threadId).readExactly(address, 8);
      return flags == null ? byEvent(event) : LittleEndian.word(flags, 0);
    }
    if (call != null && call.abi() == Abi.I386) {
      return switch ((int) number) {
        case I386_CLONE -> argument(ptrace, Abi.I386, 0);
        case I386_VFORK -> Numbers.CLONE_VM | Numbers.CLONE_VFORK;
        case I386_FORK -> 0;
        default -> byEvent(event);
      };
    }
    return switch ((int) number) {
      case Numbers.NR_CLONE -> argument(ptrace, Abi.NATIVE, 0);
      case Numbers.NR_VFORK -> Numbers.CLONE_VM | Numbers.CLONE_VFORK;
      case Numbers.NR_FORK -> 0;
      default -> byEvent(event);
    };
  }

  private static long argument(Ptrace ptrace, Abi abi, int index) {
    return abi.argument(ptrace.register(abi.argumentSlot(index)));
  }

  private static long byEvent(int event) {
    return switch (event) {
      case Numbers.PTRACE_EVENT_VFORK -> Numbers.CLONE_VM | Numbers.CLONE_VFORK;
      case Numbers.PTRACE_EVENT_CLONE -> Numbers.CLONE_VM | Numbers.CLONE_THREAD;
      default -> 0;
    };
  }
}
