package trapline.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.Architecture;
import trapline.model.Registers;

/// ptrace(2) and wait4(2), for one tracing thread, with buffers made once.
///
/// Results are the kernel's: 0 or more, or a negative error number. `-ESRCH` means that the thread
/// is not stopped or is gone.
public final class Ptrace {
  /// Size of `siginfo_t`.
  public static final int SIGINFO_SIZE = 128;

  /// The architecture of the threads that can be traced here.
  public static final Architecture ARCHITECTURE = Abi.NATIVE.machine();

  /// The slot of a system call's number while the thread is in the call.
  public static final int NUMBER = ARCHITECTURE.numberSlot();

  /// The slot of a system call's result.
  public static final int RESULT = ARCHITECTURE.resultSlot();

  /// The slot of the instruction pointer.
  public static final int INSTRUCTION_POINTER = ARCHITECTURE.instructionPointerSlot();

  /// The slot of the stack pointer.
  public static final int STACK_POINTER = ARCHITECTURE.stackPointerSlot();

  /// The slot of the segment register that says whether x86 code has 32 or 64 bits.
  public static final int CS = ARCHITECTURE.slot("cs");

  /// Offsets of `u_debugreg[0]` and `u_debugreg[7]` in `struct user`.
  private static final int DEBUG_ADDRESS = 848;

  private static final int DEBUG_CONTROL = DEBUG_ADDRESS + 7 * 8;

  /// The first debug register, for one thread, at an execution.
  private static final int EXECUTION_OF_FIRST = 1;

  private static final int SLOTS = ARCHITECTURE.slots();
  private static final int REGISTERS_SIZE = SLOTS * 8;
  private static final int SYSCALL_INFO_SIZE = 88;

  private final Kernel kernel = new Kernel();
  private final MemorySegment registers = Arena.ofAuto().allocate(REGISTERS_SIZE, 8);
  private final MemorySegment syscallInfo = Arena.ofAuto().allocate(SYSCALL_INFO_SIZE, 8);
  private final MemorySegment signalInfo = Arena.ofAuto().allocate(SIGINFO_SIZE, 8);
  private final MemorySegment word = Arena.ofAuto().allocate(16, 8);

  public Kernel kernel() {
    return kernel;
  }

  /// A request whose two arguments are numbers.
  public int request(int request, int threadId, long address, long data) {
    return (int) kernel.syscall(Numbers.PTRACE, request, threadId, address, data);
  }

  /// Waits for a thread that this thread traces.
  ///
  /// @param threadId the thread, or -1 for any
  /// @param options `WNOHANG` or 0
  /// @return the thread's id with [#status()] set, 0 when none has anything to report (with
  ///     `WNOHANG`), or a negative error number
  public int await(int threadId, int options) {
    return (int)
        kernel.syscall(
            Numbers.WAIT4, threadId, word.address(), options | Numbers.WALL | Numbers.WNOTHREAD, 0);
  }

  /// The status that the last [#await(int, int)] gave.
  public int status() {
    return word.get(JAVA_INT, 0);
  }

  /// Fetches the registers of a stopped thread for [#register(int)] and [#copyRegisters(long[])].
  public int fetchRegisters(int threadId) {
    return request(Numbers.PTRACE_GETREGS, threadId, 0, registers.address());
  }

  /// A slot of the registers fetched last, in the order of `user_regs_struct`.
  public long register(int slot) {
    return registers.get(JAVA_LONG, slot * 8L);
  }

  public void copyRegisters(long[] into) {
    MemorySegment.copy(registers, JAVA_LONG, 0, into, 0, SLOTS);
  }

  /// The registers fetched last.
  public Registers registers() {
    long[] slots = new long[SLOTS];
    copyRegisters(slots);
    return new Registers(ARCHITECTURE, slots);
  }

  /// Changes a slot of the registers fetched last; [#storeRegisters(int)] hands them to the thread.
  public void setRegister(int slot, long value) {
    registers.set(JAVA_LONG, slot * 8L, value);
  }

  public int storeRegisters(int threadId) {
    return request(Numbers.PTRACE_SETREGS, threadId, 0, registers.address());
  }

  /// One register slot alone, for when the others are not wanted.
  ///
  /// @return 0 with [#peeked()] set, or a negative error number
  public int peekRegister(int threadId, int slot) {
    return request(Numbers.PTRACE_PEEKUSER, threadId, slot * 8L, word.address());
  }

  /// What the last [#peekRegister(int, int)] or [#fetchEventMessage(int)] gave.
  public long peeked() {
    return word.get(JAVA_LONG, 0);
  }

  /// Has a stopped thread stop before it runs the instruction at an address, by a debug register:
  /// no other thread is concerned, and no memory is changed (Intel SDM, volume 3, section 18.2).
  ///
  /// The kernel keeps the register when the tracer is gone, and the thread then gets a SIGTRAP.
  ///
  /// @return 0, or a negative error number
  public int armExecution(int threadId, long address) {
    int set = request(Numbers.PTRACE_POKEUSER, threadId, DEBUG_ADDRESS, address);
    return set < 0
        ? set
        : request(Numbers.PTRACE_POKEUSER, threadId, DEBUG_CONTROL, EXECUTION_OF_FIRST);
  }

  /// Undoes [#armExecution(int, long)].
  public int disarmExecution(int threadId) {
    return request(Numbers.PTRACE_POKEUSER, threadId, DEBUG_CONTROL, 0);
  }

  /// Asks which kind of system call stop the thread is at.
  ///
  /// @return `PTRACE_SYSCALL_INFO_ENTRY`, `_EXIT`, 0 for another stop, or a negative error number
  public int fetchSyscallInfo(int threadId) {
    int size =
        request(
            Numbers.PTRACE_GET_SYSCALL_INFO, threadId, SYSCALL_INFO_SIZE, syscallInfo.address());
    return size < 0 ? size : syscallInfo.get(JAVA_BYTE, 0);
  }

  /// The `AUDIT_ARCH_` number of the system call information fetched last.
  public int syscallArch() {
    return syscallInfo.get(JAVA_INT, 4);
  }

  /// The call number of the information fetched last, at an entry stop.
  public long syscallNumber() {
    return syscallInfo.get(JAVA_LONG, 24);
  }

  /// Fetches the message of a `PTRACE_EVENT_` stop into [#peeked()].
  public int fetchEventMessage(int threadId) {
    return request(Numbers.PTRACE_GETEVENTMSG, threadId, 0, word.address());
  }

  /// Fetches the `siginfo_t` of a signal stop.
  public int fetchSignalInfo(int threadId) {
    return request(Numbers.PTRACE_GETSIGINFO, threadId, 0, signalInfo.address());
  }

  /// `si_code` of the information fetched last.
  public int signalCode() {
    return signalInfo.get(JAVA_INT, 8);
  }

  /// A copy of the information fetched last.
  public byte[] signalInfo() {
    byte[] bytes = new byte[SIGINFO_SIZE];
    MemorySegment.copy(signalInfo, JAVA_BYTE, 0, bytes, 0, SIGINFO_SIZE);
    return bytes;
  }

  /// Looks for a signal that waits to be delivered to a stopped thread itself, not to its process.
  ///
  /// @param code the `si_code` that it is to have
  /// @return its `siginfo_t`; `null` when there is none
  public byte @Nullable [] queuedSignal(int threadId, int signal, int code) {
    for (int at = 0; ; at++) {
      word.set(JAVA_LONG, 0, at); // struct ptrace_peeksiginfo_args: offset, flags, count
      word.set(JAVA_INT, 8, 0);
      word.set(JAVA_INT, 12, 1);
      int found =
          request(Numbers.PTRACE_PEEKSIGINFO, threadId, word.address(), signalInfo.address());
      if (found <= 0) {
        return null;
      }
      if (signalInfo.get(JAVA_INT, 0) == signal && signalCode() == code) {
        return signalInfo();
      }
    }
  }

  /// The instructions of a seccomp filter of a stopped thread, each a `struct sock_filter`.
  ///
  /// @param index 0 for the filter that was installed last
  /// @return none where there are no more filters, or they may not be read
  public long[] seccompFilter(int threadId, int index) {
    int count = request(Numbers.PTRACE_SECCOMP_GET_FILTER, threadId, index, 0);
    if (count <= 0) {
      return new long[0];
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(count * 8L, 8);
      int again = request(Numbers.PTRACE_SECCOMP_GET_FILTER, threadId, index, code.address());
      return again == count ? code.toArray(JAVA_LONG) : new long[0];
    }
  }

  /// Replaces the `siginfo_t` of a signal stop.
  public int storeSignalInfo(int threadId, byte[] bytes) {
    MemorySegment.copy(bytes, 0, signalInfo, JAVA_BYTE, 0, SIGINFO_SIZE);
    return request(Numbers.PTRACE_SETSIGINFO, threadId, 0, signalInfo.address());
  }
}
