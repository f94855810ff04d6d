package trapline.unwind;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.model.Evidence;

/// The frame that the kernel pushes to run a signal handler, recognised by the code that the
/// handler returns to, where no table describes it.
final class SignalTrampoline {
  /// `mov $15,%rax; syscall`: the call of `rt_sigreturn`, as every libc's restorer has it.
  private static final byte[] CODE = {0x48, (byte) 0xc7, (byte) 0xc0, 15, 0, 0, 0, 0x0f, 0x05};

  /// The same as `mov $15,%eax; syscall`.
  private static final byte[] SHORT_CODE = {(byte) 0xb8, 15, 0, 0, 0, 0x0f, 0x05};

  /// Where `uc_mcontext` is in `struct ucontext` (`include/uapi/asm-generic/ucontext.h`).
  private static final int CONTEXT_OFFSET = 40;

  /// The DWARF numbers of the registers in `struct sigcontext_64`, eight bytes each
  /// (`arch/x86/include/uapi/asm/sigcontext.h`): r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp,
  /// rip.
  private static final int[] CONTEXT = {8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16};

  private SignalTrampoline() {}

  /// Whether execution at `pc` is in such code.
  ///
  /// @param exact whether `pc` is where the thread is; else it is a return address, which can only
  ///     be the first instruction
  static boolean isAt(long pc, boolean exact, PageCache memory) {
    return matches(CODE, pc, exact, memory) || matches(SHORT_CODE, pc, exact, memory);
  }

  private static boolean matches(byte[] code, long pc, boolean exact, PageCache memory) {
    if (startsAt(code, pc, memory)) {
      return true;
    }
    return exact
        && (startsAt(code, pc - code.length + 2, memory)
            || startsAt(code, pc - code.length, memory));
  }

  private static boolean startsAt(byte[] code, long address, PageCache memory) {
    return Arrays.equals(memory.readExactly(address, code.length), code);
  }

  /// The interrupted code.
  static Caller caller(FrameRegisters registers, PageCache memory, String module) {
    if (!registers.isKnown(FrameRegisters.RSP)) {
      return new Caller.Lost("the stack pointer in the signal's frame is not known");
    }
    // When the handler has returned, the stack pointer is at the `struct ucontext`.
    long context = registers.value(FrameRegisters.RSP) + CONTEXT_OFFSET;
    byte @Nullable [] saved = memory.readExactly(context, CONTEXT.length * 8);
    if (saved == null) {
      return new Caller.Lost(
          "the registers that the kernel saved for the signal at 0x"
              + Long.toHexString(context)
              + " are not readable");
    }
    FrameRegisters.Builder caller = new FrameRegisters.Builder();
    for (int i = 0; i < CONTEXT.length; i++) {
      caller.set(CONTEXT[i], LittleEndian.word(saved, i * 8));
    }
    FrameRegisters interrupted = caller.build();
    return new Caller.Found(
        interrupted.value(FrameRegisters.RSP),
        interrupted,
        true,
        true,
        new Evidence.Symbols(module));
  }
}
