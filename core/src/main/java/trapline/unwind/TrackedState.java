package trapline.unwind;

import org.jspecify.annotations.Nullable;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;

/// The registers and stack slots at one instruction, as far as following the code can tell.
final class TrackedState {
  static final int RAX = 0;
  static final int RSP = 4;
  static final int RBP = 5;
  private static final int COUNT = 16;

  /// What a called function may change: rax, rcx, rdx, rsi, rdi, r8 to r11.
  private static final int VOLATILE = 0b0000_1111_1100_0111;

  /// How many slots are kept track of at most.
  private static final int MAX_SLOTS = 512;

  private final TrackedValue[] registers;
  private @Nullable StoredSlots slots;
  private int slotCount;

  private TrackedState(TrackedValue[] registers, @Nullable StoredSlots slots, int slotCount) {
    this.registers = registers;
    this.slots = slots;
    this.slotCount = slotCount;
  }

  /// The state where the following begins.
  static TrackedState initial() {
    TrackedValue[] registers = new TrackedValue[COUNT];
    for (int number = 0; number < COUNT; number++) {
      registers[number] = TrackedValue.initial(number);
    }
    return new TrackedState(registers, null, 0);
  }

  TrackedState copy() {
    return new TrackedState(registers.clone(), slots, slotCount);
  }

  /// @param number as encoded
  TrackedValue register(int number) {
    return registers[number];
  }

  /// Where the value that a register had at the beginning was saved on the stack since.
  ///
  /// @return `null` when it was saved nowhere
  @Nullable TrackedValue saved(int number) {
    return StoredSlots.saved(slots, number);
  }

  /// Takes the effect of an instruction that is no branch; of a call, what is left of it when it
  /// has returned.
  void execute(Instruction instruction) {
    switch (instruction.flow()) {
      case CALL, INDIRECT_CALL -> {
        clobber(VOLATILE);
        return;
      }
      case SYSCALL -> {
        clobber(1 | 1 << 1 | 1 << 11); // rax, rcx, r11
        return;
      }
      default -> {}
    }
    switch (instruction.mnemonic()) {
      case "push", "pushq" -> push(value(instruction, 0));
      case "pop", "popq" -> {
        TrackedValue top = load(registers[RSP]);
        registers[RSP] = registers[RSP].plus(8);
        write(instruction, 0, top);
      }
      case "mov", "movq", "movabs", "movl" -> move(instruction);
      case "lea", "leaq" ->
          write(
              instruction,
              1,
              instruction.size(1) == 8 ? address(instruction, 0) : TrackedValue.UNKNOWN);
      case "add", "addq" -> addConstant(instruction, 1);
      case "sub", "subq" -> addConstant(instruction, -1);
      case "xor", "xorl", "xorq" -> {
        boolean zero =
            isGeneral(instruction, 0)
                && isGeneral(instruction, 1)
                && instruction.size(1) >= 4
                && instruction.register(0) == instruction.register(1);
        write(instruction, 1, zero ? TrackedValue.constant(0) : TrackedValue.UNKNOWN);
      }
      case "leave", "leaveq" -> {
        TrackedValue frame = registers[RBP];
        registers[RBP] = load(frame);
        registers[RSP] = frame.plus(8);
      }
      default -> forgetWritten(instruction);
    }
  }

  private void move(Instruction instruction) {
    if (instruction.operandCount() != 2) {
      forgetWritten(instruction);
    } else if (instruction.kind(0) == OperandKind.IMMEDIATE && instruction.size(1) == 4) {
      write(instruction, 1, TrackedValue.constant(instruction.immediate(0) & 0xffff_ffffL));
    } else {
      boolean whole = instruction.size(1) == 8 && instruction.size(0) == 8;
      boolean constant = instruction.kind(0) == OperandKind.IMMEDIATE && instruction.size(1) == 8;
      write(instruction, 1, whole || constant ? value(instruction, 0) : TrackedValue.UNKNOWN);
    }
  }

  private void addConstant(Instruction instruction, int sign) {
    boolean tracked =
        instruction.operandCount() == 2
            && instruction.kind(0) == OperandKind.IMMEDIATE
            && isGeneral(instruction, 1)
            && instruction.size(1) == 8;
    write(
        instruction,
        1,
        tracked
            ? registers[instruction.register(1)].plus(sign * instruction.immediate(0))
            : TrackedValue.UNKNOWN);
  }

  /// The effect of a call whose return address is taken from the stack again: `call` of the next
  /// instruction.
  void push(TrackedValue value) {
    registers[RSP] = registers[RSP].plus(-8);
    store(registers[RSP], value);
  }

  private void forgetWritten(Instruction instruction) {
    clobber(instruction.writtenRegisters());
    for (int i = 0; i < instruction.operandCount(); i++) {
      if (instruction.kind(i) == OperandKind.MEMORY && instruction.writes(i)) {
        store(address(instruction, i), TrackedValue.UNKNOWN);
      }
    }
  }

  private void clobber(int written) {
    for (int number = 0; number < COUNT; number++) {
      if ((written >> number & 1) != 0) {
        registers[number] = TrackedValue.UNKNOWN;
      }
    }
  }

  private void write(Instruction instruction, int operand, TrackedValue value) {
    if (operand >= instruction.operandCount()) {
      forgetWritten(instruction);
    } else if (instruction.kind(operand) == OperandKind.MEMORY) {
      store(address(instruction, operand), value);
    } else if (isGeneral(instruction, operand)) {
      registers[instruction.register(operand)] = value;
    }
  }

  /// The value of a source operand.
  TrackedValue value(Instruction instruction, int operand) {
    if (operand >= instruction.operandCount()) {
      return TrackedValue.UNKNOWN;
    }
    return switch (instruction.kind(operand)) {
      case IMMEDIATE -> TrackedValue.constant(instruction.immediate(operand));
      case MEMORY -> load(address(instruction, operand));
      case REGISTER ->
          isGeneral(instruction, operand)
              ? registers[instruction.register(operand)]
              : TrackedValue.UNKNOWN;
      default -> TrackedValue.UNKNOWN;
    };
  }

  private static boolean isGeneral(Instruction instruction, int operand) {
    return instruction.kind(operand) == OperandKind.REGISTER
        && instruction.registerClass(operand) == RegisterClass.GENERAL;
  }

  private TrackedValue address(Instruction instruction, int operand) {
    if (instruction.index(operand) != Instruction.NONE || instruction.segment(operand) >= 4) {
      return TrackedValue.UNKNOWN;
    }
    int base = instruction.base(operand);
    if (base == Instruction.RIP) {
      return TrackedValue.constant(instruction.ripTarget());
    }
    return base == Instruction.NONE
        ? TrackedValue.constant(instruction.displacement(operand))
        : registers[base].plus(instruction.displacement(operand));
  }

  private TrackedValue load(TrackedValue address) {
    @Nullable TrackedValue stored = StoredSlots.at(slots, address);
    return stored != null ? stored : address.dereferenced();
  }

  private void store(TrackedValue address, TrackedValue value) {
    if (address.isUnknown()) {
      return;
    }
    if (StoredSlots.at(slots, address) == null) {
      if (slotCount == MAX_SLOTS) {
        return;
      }
      slotCount++;
    }
    slots = StoredSlots.with(slots, address, value);
  }
}
