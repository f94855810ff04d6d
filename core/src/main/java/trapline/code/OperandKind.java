package trapline.code;

/// What an operand of an [Instruction] is.
public enum OperandKind {
  /// See [Instruction#register(int)], [Instruction#registerClass(int)],
  /// [Instruction#size(int)].
  REGISTER,
  /// A constant; see [Instruction#immediate(int)].
  IMMEDIATE,
  /// See [Instruction#base(int)], [Instruction#index(int)], [Instruction#displacement(int)].
  MEMORY,
  /// The address a direct branch goes to; see [Instruction#target()].
  TARGET,
  /// Printed, without a value of its own: `{sae}`, `{rn-sae}`.
  DECORATION
}
