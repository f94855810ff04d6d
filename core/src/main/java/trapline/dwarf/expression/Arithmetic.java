package trapline.dwarf.expression;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The arithmetical, logical and relational operations (DWARF 5, sections 2.5.1.4 and 2.5.1.5).
final class Arithmetic {
  private Arithmetic() {}

  /// An operation on two numbers of the same type.
  ///
  /// @param left the second of the stack
  /// @param right the top of the stack
  static Operand binary(int op, Operand left, Operand right) {
    if (!left.isKnown()) {
      return left;
    }
    if (!right.isKnown()) {
      return right;
    }
    boolean shift = op == Op.SHL || op == Op.SHR || op == Op.SHRA;
    if (!shift && !Objects.equals(left.type(), right.type())) {
      return Operand.missing("the expression mixes types: the compiler wrote it wrongly");
    }
    BaseType type = left.type();
    if (type != null && type.isFloat()) {
      return floating(op, left, right, type);
    }
    long a = left.bits();
    long b = right.bits();
    // The generic type is unsigned, but divides and compares as signed (sections 2.5.1.4, 2.5.1.5).
    boolean signed = type == null || type.isSigned();
    return switch (op) {
      case Op.AND -> Operand.typed(a & b, type);
      case Op.OR -> Operand.typed(a | b, type);
      case Op.XOR -> Operand.typed(a ^ b, type);
      case Op.PLUS -> Operand.typed(a + b, type);
      case Op.MINUS -> Operand.typed(a - b, type);
      case Op.MUL -> Operand.typed(a * b, type);
      case Op.DIV ->
          b == 0
              ? divisionByZero()
              : Operand.typed(signed ? a / b : Long.divideUnsigned(a, b), type);
      case Op.MOD ->
          b == 0
              ? divisionByZero()
              : Operand.typed(type != null && signed ? a % b : Long.remainderUnsigned(a, b), type);
      case Op.SHL -> Operand.typed(tooFar(b) ? 0 : a << b, type);
      case Op.SHR -> Operand.typed(tooFar(b) ? 0 : unsignedBits(a, type) >>> b, type);
      case Op.SHRA -> Operand.typed(signedBits(a, type) >> (tooFar(b) ? 63 : b), type);
      default -> {
        int order = signed ? Long.compare(a, b) : Long.compareUnsigned(a, b);
        yield truth(op, order, a == b);
      }
    };
  }

  /// An operation on one number: [Op#ABS], [Op#NEG] or [Op#NOT].
  static Operand unary(int op, Operand operand) {
    if (!operand.isKnown()) {
      return operand;
    }
    BaseType type = operand.type();
    if (type != null && type.isFloat()) {
      double value = operand.asDouble();
      return switch (op) {
        case Op.ABS -> Operand.floating(Math.abs(value), type);
        case Op.NEG -> Operand.floating(-value, type);
        default -> Operand.missing("the expression complements a float");
      };
    }
    long bits = operand.bits();
    return switch (op) {
      case Op.ABS -> Operand.typed(type == null || type.isSigned() ? Math.abs(bits) : bits, type);
      case Op.NEG -> Operand.typed(-bits, type);
      default -> Operand.typed(~bits, type);
    };
  }

  private static Operand floating(int op, Operand left, Operand right, BaseType type) {
    double a = left.asDouble();
    double b = right.asDouble();
    return switch (op) {
      case Op.PLUS -> Operand.floating(a + b, type);
      case Op.MINUS -> Operand.floating(a - b, type);
      case Op.MUL -> Operand.floating(a * b, type);
      case Op.DIV -> Operand.floating(a / b, type);
      case Op.EQ, Op.NE, Op.GE, Op.GT, Op.LE, Op.LT ->
          Double.isNaN(a) || Double.isNaN(b)
              ? Operand.generic(op == Op.NE ? 1 : 0)
              : truth(op, a < b ? -1 : a > b ? 1 : 0, a == b);
      default -> Operand.missing("the expression uses the bits of a float as a number");
    };
  }

  private static Operand truth(int op, int order, boolean equal) {
    boolean holds =
        switch (op) {
          case Op.EQ -> equal;
          case Op.NE -> !equal;
          case Op.GE -> order >= 0;
          case Op.GT -> order > 0;
          case Op.LE -> order <= 0;
          case Op.LT -> order < 0;
          default -> throw new IllegalArgumentException("no binary operation: " + op);
        };
    return Operand.generic(holds ? 1 : 0);
  }

  private static boolean tooFar(long shift) {
    return shift < 0 || shift > 63;
  }

  private static long unsignedBits(long bits, @Nullable BaseType type) {
    return type == null ? bits : bits & (-1L >>> (64 - 8 * type.byteSize()));
  }

  private static long signedBits(long bits, @Nullable BaseType type) {
    int unused = type == null ? 0 : 64 - 8 * type.byteSize();
    return bits << unused >> unused;
  }

  private static Operand divisionByZero() {
    return Operand.missing("the expression divides by zero");
  }
}
