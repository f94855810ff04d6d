package trapline.linux.ptrace;

import java.util.Arrays;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;

/// Starts calls again that fail with EINTR because the tracer stopped the thread.
///
/// Most calls are restarted by the kernel. Those listed in signal(7), "Interruption of system calls
/// and library functions by stop signals", are not: a program that never handles a signal would see
/// an error that it cannot expect. Without a signal to deliver they have done nothing yet and can
/// be made again.
final class Restart {
  /// accept, recvfrom, recvmsg, semop, rt_sigtimedwait, io_getevents, semtimedop, epoll_wait,
  /// epoll_pwait, accept4, recvmmsg, io_pgetevents, epoll_pwait2.
  private static final int[] CALLS = {43, 45, 47, 65, 128, 208, 220, 232, 281, 288, 299, 333, 441};

  /// The kernel's own code for a call that it starts again when no handler runs
  /// (`include/linux/errno.h`).
  static final int ERESTARTNOHAND = 514;

  private static final int TRAP_LENGTH = Ptrace.ARCHITECTURE.restartLength();

  /// The slot from which the kernel takes the number when the call is made again.
  private static final int NUMBER_AGAIN = Ptrace.ARCHITECTURE.restartNumberSlot();

  private static final long CS_64 = 0x33;

  private Restart() {}

  /// Changes the registers, which must have been fetched, so that the thread makes its call again;
  /// nothing happens when it is not in such a call. The fetched registers say `-ERESTARTNOHAND`
  /// afterwards.
  static void again(Ptrace ptrace, TracedThread thread) {
    long number = ptrace.register(Ptrace.NUMBER);
    if (ptrace.register(Ptrace.RESULT) != -Numbers.EINTR
        || number < 0
        || number > CALLS[CALLS.length - 1]
        || Arrays.binarySearch(CALLS, (int) number) < 0
        || ptrace.register(Ptrace.CS) != CS_64
        || thread.signal != 0
        || !thread.held.isEmpty()
        || ProcessFacts.hasPendingSignal(thread.threadId)) {
      return;
    }
    long address = ptrace.register(Ptrace.INSTRUCTION_POINTER);
    ptrace.setRegister(Ptrace.INSTRUCTION_POINTER, address - TRAP_LENGTH);
    ptrace.setRegister(NUMBER_AGAIN, number);
    ptrace.setRegister(Ptrace.NUMBER, -1);
    ptrace.storeRegisters(thread.threadId);
    ptrace.setRegister(Ptrace.INSTRUCTION_POINTER, address);
    ptrace.setRegister(Ptrace.RESULT, -ERESTARTNOHAND);
    ptrace.setRegister(Ptrace.NUMBER, number);
  }

  /// Takes a thread that the tracer interrupted out of the entry of a call again, so that it makes
  /// the call anew once it runs.
  ///
  /// The interruption leaves a mark that makes the next blocking call fail with EINTR, and only the
  /// way out of the kernel takes it off. So the call is skipped, and the thread is left at the stop
  /// behind it, in front of the `syscall` instruction.
  ///
  /// @return whether it is there: otherwise it has come elsewhere, and the waiter has its status
  static boolean rewind(Ptrace ptrace, Waiter waiter, TracedThread thread) {
    int threadId = thread.threadId;
    if (ptrace.fetchRegisters(threadId) < 0 || ptrace.register(Ptrace.CS) != CS_64) {
      return true;
    }
    long number = ptrace.register(Ptrace.NUMBER);
    ptrace.setRegister(Ptrace.NUMBER, -1);
    ptrace.storeRegisters(threadId);
    ptrace.request(Numbers.PTRACE_SYSCALL, threadId, 0, 0);
    if (waiter.awaitSurely(threadId) < 0
        || !Status.isSyscallStop(waiter.status())
        || ptrace.fetchRegisters(threadId) < 0) {
      return false;
    }
    ptrace.setRegister(
        Ptrace.INSTRUCTION_POINTER, ptrace.register(Ptrace.INSTRUCTION_POINTER) - TRAP_LENGTH);
    ptrace.setRegister(NUMBER_AGAIN, number);
    ptrace.setRegister(Ptrace.NUMBER, -1);
    ptrace.storeRegisters(threadId);
    return true;
  }
}
