package trapline.journey;

import trapline.code.Instruction;
import trapline.model.Architecture;
import trapline.model.Registers;

/// Computes the addresses that instructions use.
final class MemoryOperands {
  /// DWARF's number (psABI AMD64, figure 3.36) for each hardware number.
  private static final int[] DWARF_NUMBER = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

  private static final int FS_BASE = Architecture.X86_64.slot("fs_base");
  private static final int GS_BASE = Architecture.X86_64.slot("gs_base");

  private MemoryOperands() {}

  /// The address of a memory operand.
  ///
  /// @param registers as they are before the instruction
  static long address(Instruction instruction, int operand, Registers registers) {
    if (instruction.base(operand) == Instruction.RIP) {
      return instruction.ripTarget();
    }
    long address = instruction.displacement(operand);
    if (instruction.base(operand) >= 0) {
      address += general(registers, instruction.base(operand));
    }
    if (instruction.index(operand) >= 0) {
      address += general(registers, instruction.index(operand)) * instruction.scale(operand);
    }
    return switch (instruction.segment(operand)) {
      case 4 -> address + registers.slot(FS_BASE);
      case 5 -> address + registers.slot(GS_BASE);
      default -> address;
    };
  }

  /// A general register by its hardware number.
  static long general(Registers registers, int number) {
    return registers.dwarf(DWARF_NUMBER[number]);
  }

  /// DWARF's number of a general register.
  static int dwarfNumber(int hardware) {
    return DWARF_NUMBER[hardware];
  }
}
