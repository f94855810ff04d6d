package trapline.dwarf.expression;

/// The type of a typed operand: what a `DW_TAG_base_type` entry says (DWARF 5, section 2.5.1.1).
///
/// @param encoding the `DW_ATE_*` number
/// @param byteSize from 1 to 16
public record BaseType(int encoding, int byteSize) {
  /// `DW_ATE_boolean`.
  public static final int BOOLEAN = 0x02;

  /// `DW_ATE_float`.
  public static final int FLOAT = 0x04;

  /// `DW_ATE_signed`.
  public static final int SIGNED = 0x05;

  /// `DW_ATE_signed_char`.
  public static final int SIGNED_CHAR = 0x06;

  /// Whether values are IEEE 754 numbers.
  public boolean isFloat() {
    return encoding == FLOAT;
  }

  /// Whether values are two's complement numbers.
  public boolean isSigned() {
    return encoding == SIGNED || encoding == SIGNED_CHAR;
  }
}
