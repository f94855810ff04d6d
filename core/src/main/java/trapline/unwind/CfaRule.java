package trapline.unwind;

import trapline.bytes.Bytes;

/// How the canonical frame address, the value of the stack pointer before the call, is found
/// (DWARF 5, section 6.4.1).
public sealed interface CfaRule {
  /// A register's value plus an offset.
  ///
  /// @param register its DWARF number
  record RegisterOffset(int register, long offset) implements CfaRule {}

  /// The table does not say.
  record Unspecified() implements CfaRule {}

  /// What an expression computes.
  record Expression(Bytes expression) implements CfaRule {}
}
