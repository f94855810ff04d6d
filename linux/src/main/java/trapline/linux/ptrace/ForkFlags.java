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
    long number = call == null ? ptrace.register(Ptrace.ORIG_RAX) : call.number();
    if (number == Numbers.NR_CLONE3) { // the same number in each ABI
      long address =
          ptrace.register(call != null && call.abi() == Abi.I386 ? Ptrace.RBX : Ptrace.RDI);
      byte[] flags = new ProcessMemory(parent.threadId).readExactly(address, 8);
      return flags == null ? byEvent(event) : LittleEndian.word(flags, 0);
    }
    if (call != null && call.abi() == Abi.I386) {
      return switch ((int) number) {
        case I386_CLONE -> ptrace.register(Ptrace.RBX) & 0xffff_ffffL;
        case I386_VFORK -> Numbers.CLONE_VM | Numbers.CLONE_VFORK;
        case I386_FORK -> 0;
        default -> byEvent(event);
      };
    }
    return switch ((int) number) {
      case Numbers.NR_CLONE -> ptrace.register(Ptrace.RDI);
      case Numbers.NR_VFORK -> Numbers.CLONE_VM | Numbers.CLONE_VFORK;
      case Numbers.NR_FORK -> 0;
      default -> byEvent(event);
    };
  }

  private static long byEvent(int event) {
    return switch (event) {
      case Numbers.PTRACE_EVENT_VFORK -> Numbers.CLONE_VM | Numbers.CLONE_VFORK;
      case Numbers.PTRACE_EVENT_CLONE -> Numbers.CLONE_VM | Numbers.CLONE_THREAD;
      default -> 0;
    };
  }
}
