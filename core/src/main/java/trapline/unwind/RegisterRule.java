package trapline.unwind;

import trapline.bytes.Bytes;

/// How the caller's value of one register is found (DWARF 5, section 6.4.1).
public sealed interface RegisterRule {
  /// The table says nothing: by the psABI the registers that a function must preserve are
  /// unchanged, and the others are lost.
  record Unspecified() implements RegisterRule {}

  /// The value is lost. For the return address: there is no caller.
  record Undefined() implements RegisterRule {}

  /// The register still has the caller's value.
  record SameValue() implements RegisterRule {}

  /// Saved in memory at CFA + `offset`.
  record Offset(long offset) implements RegisterRule {}

  /// The value is CFA + `offset`.
  record ValueOffset(long offset) implements RegisterRule {}

  /// Saved in another register.
  ///
  /// @param number its DWARF number
  record InRegister(int number) implements RegisterRule {}

  /// Saved in memory at the address that an expression computes, with the CFA on its stack.
  record Expression(Bytes expression) implements RegisterRule {}

  /// The value is what an expression computes, with the CFA on its stack.
  record ValueExpression(Bytes expression) implements RegisterRule {}

  RegisterRule UNSPECIFIED = new Unspecified();
  RegisterRule UNDEFINED = new Undefined();
  RegisterRule SAME_VALUE = new SameValue();
}
