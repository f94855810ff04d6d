package trapline.code;

/// Where control goes after an instruction.
public enum Flow {
  /// On to the next instruction.
  NEXT,
  /// To [Instruction#target()], and later back to the next instruction.
  CALL,
  /// To an address in a register or in memory, and later back to the next instruction.
  INDIRECT_CALL,
  /// To [Instruction#target()].
  JUMP,
  /// To an address in a register or in memory.
  INDIRECT_JUMP,
  /// To [Instruction#target()] or to the next instruction.
  CONDITIONAL_JUMP,
  /// To an address from the stack; also `iret`, `sysret` and `sysexit`.
  RETURN,
  /// Into the kernel by `syscall` or `sysenter`.
  SYSCALL,
  /// Into the kernel by `int`, `int3` or `int1`; the number is operand 0 of `int`.
  INTERRUPT,
  /// Nowhere: `hlt`, and the instructions that are defined to be invalid (`ud0`, `ud1`, `ud2`).
  HALT,
  /// These bytes are no instruction.
  BAD
}
