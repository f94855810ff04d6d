package trapline.dwarf.expression;

import trapline.bytes.Bytes;

/// Evaluates DWARF expressions of versions 2 to 5 with GNU's extensions (DWARF 5, sections 2.5, 2.6
/// and 7.7).
public final class Expression {
  /// How many registers have an operation code of their own.
  private static final int REGISTERS = 32;

  private Expression() {}

  /// Where, or what, the object is that a location expression describes.
  ///
  /// @return [Location.Unavailable] for an empty expression (optimised out) and when the context
  ///     does not know something that is needed
  /// @throws trapline.model.MalformedBinary when the expression is cut off, takes more from its
  ///     stack than it put there, or runs for more than [Evaluation#MAX_STEPS] steps
  public static Location evaluate(Bytes expression, ExpressionContext context) {
    return new Evaluation(context).run(expression);
  }

  /// The number that an expression leaves on its stack: what call frame information means by
  /// `DW_CFA_def_cfa_expression`, `DW_CFA_expression` and `DW_CFA_val_expression`.
  ///
  /// @param initialStack put on the stack first, the last one on top
  public static Input number(Bytes expression, ExpressionContext context, long... initialStack) {
    return new Evaluation(context).number(expression, initialStack);
  }

  /// The address that a function's `DW_AT_frame_base` stands for: where the expression says the
  /// frame base is in a register, it is that register's value (DWARF 5, section 3.3.5).
  public static Input frameBase(Bytes expression, ExpressionContext context) {
    return switch (evaluate(expression, context)) {
      case Location.Memory memory -> Input.of(memory.address());
      case Location.Register register -> context.register(register.number());
      case Location.Value value -> Input.of(value.bits());
      case Location.Unavailable unavailable -> Input.unknown(unavailable.reason());
      case Location.Implicit _, Location.ImplicitPointer _, Location.Pieces _ ->
          Input.unknown("the function's frame base is no single address");
    };
  }

  /// The register that an expression names as a place, and does nothing else: `DW_OP_reg5`.
  ///
  /// @return its number; -1 when the expression is another one
  public static int register(Bytes expression) {
    int register = expression.size() == 1 ? expression.u8(0) - Op.REG0 : -1;
    return register < REGISTERS ? register : -1;
  }

  /// The register whose memory an expression reads: `DW_OP_breg5 0, DW_OP_deref`, also with a size.
  ///
  /// @return its number; -1 when the expression is another one
  public static int pointer(Bytes expression) {
    long size = expression.size();
    boolean reads =
        (size == 3 && expression.u8(2) == Op.DEREF)
            || (size == 4 && expression.u8(2) == Op.DEREF_SIZE);
    int register = reads && expression.u8(1) == 0 ? expression.u8(0) - Op.BREG0 : -1;
    return register < REGISTERS ? register : -1;
  }
}
