package trapline.dwarf.expression;

import org.jspecify.annotations.Nullable;

/// One entry of the stack: a number of the generic type or of a base type, or one that is not
/// known. Whatever is computed from an unknown number is unknown for the same reason, so that the
/// other pieces of a composite location can still be told.
///
/// @param bits the value, sign- or zero-extended as its type says; a float's IEEE 754 bits
/// @param type `null` for the generic type: an unsigned number of the size of an address
/// @param unknown why the value is not known; `null` when it is
record Operand(long bits, @Nullable BaseType type, @Nullable String unknown) {
  static Operand generic(long bits) {
    return new Operand(bits, null, null);
  }

  static Operand of(Input input) {
    return switch (input) {
      case Input.Known known -> generic(known.value());
      case Input.Unknown unknown -> missing(unknown.reason());
    };
  }

  static Operand missing(String reason) {
    return new Operand(0, null, reason);
  }

  /// The value of `bits` in that type: bits beyond its size are replaced.
  static Operand typed(long bits, @Nullable BaseType type) {
    if (type == null) {
      return generic(bits);
    }
    if (type.byteSize() > 8) {
      return missing("Trapline computes with values of at most 8 bytes, not " + type.byteSize());
    }
    int unused = 64 - 8 * type.byteSize();
    long value = type.isSigned() ? bits << unused >> unused : bits << unused >>> unused;
    return new Operand(value, type, null);
  }

  boolean isKnown() {
    return unknown == null;
  }

  boolean isFloat() {
    return type != null && type.isFloat();
  }

  double asDouble() {
    return type != null && type.byteSize() == 4
        ? Float.intBitsToFloat((int) bits)
        : Double.longBitsToDouble(bits);
  }

  /// A float of the given type.
  static Operand floating(double value, BaseType type) {
    return switch (type.byteSize()) {
      case 4 -> new Operand(Float.floatToRawIntBits((float) value) & 0xffff_ffffL, type, null);
      case 8 -> new Operand(Double.doubleToRawLongBits(value), type, null);
      default -> missing("Trapline computes with floats of 4 and 8 bytes, not " + type.byteSize());
    };
  }

  /// This number in another type (`DW_OP_convert`).
  Operand convertTo(@Nullable BaseType target) {
    if (!isKnown()) {
      return this;
    }
    if (target != null && target.isFloat()) {
      double value = isFloat() ? asDouble() : signed() ? (double) bits : unsignedToDouble(bits);
      return floating(value, target);
    }
    if (isFloat()) {
      return typed((long) asDouble(), target);
    }
    return typed(bits, target);
  }

  private boolean signed() {
    return type != null && type.isSigned();
  }

  private static double unsignedToDouble(long bits) {
    return bits >= 0 ? (double) bits : (double) ((bits >>> 1) | (bits & 1)) * 2;
  }
}
