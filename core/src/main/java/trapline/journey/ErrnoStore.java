package trapline.journey;

import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;
import trapline.elf.Symbol;
import trapline.model.LinkAddress;
import trapline.model.Registers;
import trapline.model.RemoteAddress;

/// Recognises the instruction with which a wrapper stores the error number.
final class ErrnoStore {
  /// How far from the thread pointer thread-local storage may lie.
  private static final long TLS_REACH = 1 << 20;

  private ErrnoStore() {}

  /// Where an instruction stored the error number, when it did. In thread-local storage that is the
  /// distance from the thread pointer, as an assembler writes it: `%fs:-0x48`. The dynamic linker,
  /// whose errno is a variable of its own, and programs without a C library have a static one:
  /// `rtld_errno (ld-linux-x86-64.so.2+0x342a0)`.
  ///
  /// @param before the registers before the instruction
  /// @param image the object file that it is in
  /// @param result what the call returned
  /// @return empty when it stored something else
  static String place(Instruction instruction, Registers before, Image image, long result) {
    int last = instruction.operandCount() - 1;
    boolean stores =
        Errnos.isError(result)
            && last >= 1
            && instruction.kind(last) == OperandKind.MEMORY
            && instruction.writes(last);
    Long stored = stores ? stored(instruction, before) : null;
    if (stored == null || stored.intValue() != (int) -result) {
      return "";
    }
    long address = MemoryOperands.address(instruction, last, before);
    long offset = address - before.threadPointer();
    if (Math.abs(offset) <= TLS_REACH) {
      return "%fs:" + (offset < 0 ? "-" : "") + "0x" + Long.toHexString(Math.abs(offset));
    }
    return instruction.base(last) == Instruction.RIP
        ? variable(image, image.link(new RemoteAddress(address)))
        : "";
  }

  private static @Nullable Long stored(Instruction instruction, Registers before) {
    if (instruction.kind(0) == OperandKind.IMMEDIATE) {
      return instruction.immediate(0);
    }
    return instruction.kind(0) == OperandKind.REGISTER
            && instruction.registerClass(0) == RegisterClass.GENERAL
        ? MemoryOperands.general(before, instruction.register(0))
        : null;
  }

  /// A static variable that is an errno by its name; in the dynamic linker, whose symbols may be
  /// stripped, any that is not known to be another.
  private static String variable(Image image, LinkAddress address) {
    Symbol symbol = image.variableAt(address);
    boolean named = symbol != null && symbol.name().endsWith("errno");
    boolean stripped = symbol == null && image.role() == Image.Role.LOADER;
    if (!named && !stripped) {
      return "";
    }
    String place = image.shortName() + "+0x" + Long.toHexString(address.value());
    return symbol == null ? place : symbol.name() + " (" + place + ")";
  }
}
