package trapline.unwind;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.model.Evidence;

/// The frame that the kernel pushes to run a signal handler, recognised by the code that the
/// handler returns to, where no table describes it.
final class SignalTrampoline {
  /// The call of `rt_sigreturn`.
  private static final byte[][] CODES =
      FrameRegisters.ARCHITECTURE.signalReturns().toArray(byte[][]::new);

  private static final int TRAP_LENGTH = FrameRegisters.ARCHITECTURE.restartLength();
  private static final int CONTEXT_OFFSET = FrameRegisters.ARCHITECTURE.signalContextOffset();

  /// The DWARF numbers of the registers in `struct sigcontext`, eight bytes each.
  private static final int[] CONTEXT = FrameRegisters.ARCHITECTURE.signalContext();

  private SignalTrampoline() {}

  /// Whether execution at `pc` is in such code.
  ///
  /// @param exact whether `pc` is where the thread is; else it is a return address, which can only
  ///     be the first instruction
  static boolean isAt(long pc, boolean exact, PageCache memory) {
    for (byte[] code : CODES) {
      if (matches(code, pc, exact, memory)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(byte[] code, long pc, boolean exact, PageCache memory) {
    if (startsAt(code, pc, memory)) {
      return true;
    }
    return exact
        && (startsAt(code, pc - code.length + TRAP_LENGTH, memory)
            || startsAt(code, pc - code.length, memory));
  }

  private static boolean startsAt(byte[] code, long address, PageCache memory) {
    return Arrays.equals(memory.readExactly(address, code.length), code);
  }

  /// The interrupted code.
  static Caller caller(FrameRegisters registers, PageCache memory, String module) {
    if (!registers.isKnown(FrameRegisters.STACK_POINTER)) {
      return new Caller.Lost("the stack pointer in the signal's frame is not known");
    }
    // When the handler has returned, the stack pointer is at the `struct ucontext`.
    long context = registers.value(FrameRegisters.STACK_POINTER) + CONTEXT_OFFSET;
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
        interrupted.value(FrameRegisters.STACK_POINTER),
        interrupted,
        true,
        true,
        new Evidence.Symbols(module));
  }
}
