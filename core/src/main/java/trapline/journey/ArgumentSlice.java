package trapline.journey;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;

/// The instructions before a call that set its argument registers, found by going backwards through
/// the straight-line code that leads to it.
final class ArgumentSlice {
  /// The argument registers of a C function (psABI AMD64, 3.2.3) by hardware number: rdi, rsi, rdx,
  /// rcx, r8, r9.
  static final int[] FUNCTION = {7, 6, 2, 1, 8, 9};

  /// Those of a system call (A.2.1): rdi, rsi, rdx, r10, r8, r9.
  static final int[] SYSCALL = {7, 6, 2, 10, 8, 9};

  private static final int RSP = 4;
  private static final int RBP = 5;

  /// How far back it looks, and how much of that it shows, in instructions.
  private static final int REACH = 64;

  private static final int MOST = 20;

  /// An instruction of the slice.
  ///
  /// @param index in the function
  /// @param parameter the parameter whose register it sets last; -1 when it only prepares one
  record Part(int index, int parameter) {}

  private ArgumentSlice() {}

  /// @param call index of the call or trap
  /// @param registers the argument registers by hardware number, in the order of the parameters
  /// @return in the order of execution, without the call itself
  static List<Part> before(FunctionCode code, int call, int[] registers) {
    int needed = 0;
    for (int register : registers) {
      needed |= 1 << register;
    }
    BitSet open = new BitSet();
    open.set(0, registers.length);
    List<Part> parts = new ArrayList<>();
    for (int i = call - 1; i >= 0 && i >= call - REACH && needed != 0; i--) {
      Instruction instruction = code.get(i);
      if (code.isMerge(i + 1) || instruction.flow() != Flow.NEXT) {
        break;
      }
      int written = instruction.writtenRegisters() & ~(1 << RSP);
      if ((written & needed) == 0 || parts.size() == MOST) {
        continue;
      }
      int parameter = -1;
      for (int p = 0; p < registers.length; p++) {
        if (open.get(p) && (written >> registers[p] & 1) != 0) {
          open.clear(p);
          parameter = parameter < 0 ? p : parameter;
        }
      }
      parts.addFirst(new Part(i, parameter));
      needed = (needed & ~written) | sources(instruction);
    }
    return parts;
  }

  /// The general registers whose value an instruction uses, but for the stack and frame pointer.
  private static int sources(Instruction instruction) {
    int count = instruction.operandCount();
    if (count == 2 && isZeroing(instruction)) {
      return 0;
    }
    int used = 0;
    for (int i = 0; i < count; i++) {
      if (instruction.kind(i) == OperandKind.MEMORY) {
        used |= bit(instruction.base(i)) | bit(instruction.index(i));
      } else if (instruction.kind(i) == OperandKind.REGISTER
          && instruction.registerClass(i) == RegisterClass.GENERAL
          && instruction.reads(i)) {
        used |= bit(instruction.register(i));
      }
    }
    return used & ~(1 << RSP) & ~(1 << RBP);
  }

  private static boolean isZeroing(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    return (mnemonic.startsWith("xor") || mnemonic.startsWith("sub"))
        && instruction.kind(0) == OperandKind.REGISTER
        && instruction.kind(1) == OperandKind.REGISTER
        && instruction.register(0) == instruction.register(1);
  }

  private static int bit(int register) {
    return register >= 0 && register < 16 ? 1 << register : 0;
  }
}
