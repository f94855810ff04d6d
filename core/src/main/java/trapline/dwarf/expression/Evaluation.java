package trapline.dwarf.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// One evaluation of one expression.
final class Evaluation {
  /// How many operations an evaluation may run: a hostile expression may loop.
  static final int MAX_STEPS = 100_000;

  private static final int MAX_DEPTH = 1024;
  private static final int MAX_PIECES = 1024;
  private static final int MAX_CALLS = 16;
  private static final String OPTIMISED_OUT = "optimised out";

  private final ExpressionContext context;
  private final List<Location.Piece> pieces = new ArrayList<>();
  private Operand[] stack = new Operand[8];
  private int depth;
  private int steps;
  private @Nullable Location location;

  /// Set when the rest of the expression cannot be followed.
  private @Nullable String lost;

  Evaluation(ExpressionContext context) {
    this.context = context;
  }

  Location run(Bytes expression) {
    execute(expression, 0);
    if (lost != null) {
      return new Location.Unavailable(lost);
    }
    return pieces.isEmpty() ? currentLocation() : new Location.Pieces(List.copyOf(pieces));
  }

  Input number(Bytes expression, long... initialStack) {
    for (long value : initialStack) {
      push(expression, Operand.generic(value));
    }
    execute(expression, 0);
    if (lost != null) {
      return Input.unknown(lost);
    }
    if (location instanceof Location.Value value) {
      return Input.of(value.bits());
    }
    Operand top = pop(expression);
    return top.unknown() == null ? Input.of(top.bits()) : Input.unknown(top.unknown());
  }

  private Location currentLocation() {
    if (location != null) {
      return location;
    }
    if (depth == 0) {
      return new Location.Unavailable(OPTIMISED_OUT);
    }
    Operand top = stack[depth - 1];
    return top.unknown() == null
        ? new Location.Memory(top.bits())
        : new Location.Unavailable(top.unknown());
  }

  private void execute(Bytes expression, int calls) {
    Cursor at = expression.cursor(0);
    while (at.hasRemaining() && lost == null) {
      if (++steps > MAX_STEPS) {
        throw expression.malformed(at.position(), "expression runs on after " + steps + " steps");
      }
      int op = at.u8();
      if (location != null && !mayFollowLocation(op)) {
        throw expression.malformed(
            at.position() - 1, "operation " + hex(op) + " after the end of a location");
      }
      if (op >= Op.LIT0 && op <= Op.LIT31) {
        push(expression, Operand.generic(op - Op.LIT0));
      } else if (op >= Op.REG0 && op <= Op.REG31) {
        location = new Location.Register(op - Op.REG0);
      } else if (op >= Op.BREG0 && op <= Op.BREG31) {
        pushRegister(expression, op - Op.BREG0, at.sleb());
      } else if (op >= Op.DUP && op <= Op.NE && op != Op.XDEREF && op != Op.PLUS_UCONST) {
        if (op <= Op.ROT) {
          rearrange(op, at, expression);
        } else {
          compute(op, at, expression);
        }
      } else if (op >= Op.CONST1U && op <= Op.CONSTS) {
        push(expression, Operand.generic(constant(op, at)));
      } else {
        other(op, at, expression, calls);
      }
    }
  }

  private static boolean mayFollowLocation(int op) {
    return op == Op.PIECE || op == Op.BIT_PIECE || op == Op.NOP || op == Op.GNU_UNINIT;
  }

  private long constant(int op, Cursor at) {
    return switch (op) {
      case Op.CONST1U -> at.u8();
      case Op.CONST1S -> (byte) at.u8();
      case Op.CONST2U -> at.u16();
      case Op.CONST2S -> (short) at.u16();
      case Op.CONST4U -> at.u32();
      case Op.CONST4S -> at.i32();
      case Op.CONST8U, Op.CONST8S -> at.u64();
      case Op.CONSTU -> at.uleb();
      default -> at.sleb();
    };
  }

  private void rearrange(int op, Cursor at, Bytes expression) {
    switch (op) {
      case Op.DUP -> push(expression, peek(expression, 0));
      case Op.DROP -> pop(expression);
      case Op.OVER -> push(expression, peek(expression, 1));
      case Op.PICK -> push(expression, peek(expression, at.u8()));
      case Op.SWAP -> {
        Operand top = pop(expression);
        Operand second = pop(expression);
        push(expression, top);
        push(expression, second);
      }
      default -> { // DW_OP_rot: the top becomes the third
        Operand top = pop(expression);
        Operand second = pop(expression);
        Operand third = pop(expression);
        push(expression, top);
        push(expression, third);
        push(expression, second);
      }
    }
  }

  private void compute(int op, Cursor at, Bytes expression) {
    switch (op) {
      case Op.ABS, Op.NEG, Op.NOT -> push(expression, Arithmetic.unary(op, pop(expression)));
      case Op.BRA -> {
        int distance = (short) at.u16();
        Operand condition = pop(expression);
        if (condition.unknown() != null) {
          lost = condition.unknown();
        } else if (condition.bits() != 0) {
          at.seek((long) at.position() + distance);
        }
      }
      default -> {
        Operand right = pop(expression);
        Operand left = pop(expression);
        push(expression, Arithmetic.binary(op, left, right));
      }
    }
  }

  private void other(int op, Cursor at, Bytes expression, int calls) {
    switch (op) {
      case Op.NOP, Op.GNU_UNINIT -> {}
      case Op.SKIP -> {
        int distance = (short) at.u16();
        at.seek((long) at.position() + distance);
      }
      case Op.ADDR -> push(expression, Operand.of(context.address(address(at))));
      case Op.ADDRX, Op.GNU_ADDR_INDEX -> {
        Input entry = context.addressTable(at.uleb());
        push(
            expression,
            Operand.of(
                entry instanceof Input.Known known ? context.address(known.value()) : entry));
      }
      case Op.CONSTX, Op.GNU_CONST_INDEX ->
          push(expression, Operand.of(context.addressTable(at.uleb())));
      case Op.PLUS_UCONST -> {
        long addend = at.uleb();
        Operand top = pop(expression);
        push(expression, top.isKnown() ? Operand.typed(top.bits() + addend, top.type()) : top);
      }
      case Op.REGX -> location = new Location.Register(registerNumber(at));
      case Op.BREGX -> {
        int register = registerNumber(at);
        pushRegister(expression, register, at.sleb());
      }
      case Op.FBREG -> pushSum(expression, context.frameBase(), at.sleb());
      case Op.CALL_FRAME_CFA -> push(expression, Operand.of(context.cfa()));
      case Op.PUSH_OBJECT_ADDRESS -> push(expression, Operand.of(context.objectAddress()));
      case Op.FORM_TLS_ADDRESS, Op.GNU_PUSH_TLS_ADDRESS -> {
        Operand offset = pop(expression);
        push(
            expression, offset.isKnown() ? Operand.of(context.threadLocal(offset.bits())) : offset);
      }
      case Op.DEREF -> push(expression, dereference(pop(expression), context.addressSize(), null));
      case Op.DEREF_SIZE -> {
        int size = at.u8();
        push(expression, dereference(pop(expression), size, null));
      }
      case Op.DEREF_TYPE, Op.GNU_DEREF_TYPE -> {
        int size = at.u8();
        BaseType type = baseType(at.uleb());
        push(expression, dereference(pop(expression), size, type));
      }
      case Op.XDEREF, Op.XDEREF_SIZE, Op.XDEREF_TYPE ->
          lost = "x86-64 has no address spaces as the expression uses them";
      case Op.CALL2 -> call(at.u16(), true, calls);
      case Op.CALL4 -> call(at.u32(), true, calls);
      case Op.CALL_REF -> call(offset(at), false, calls);
      case Op.ENTRY_VALUE, Op.GNU_ENTRY_VALUE ->
          push(expression, Operand.of(context.entryValue(at.take(at.uleb()))));
      case Op.GNU_PARAMETER_REF -> push(expression, Operand.of(context.parameter(at.u32())));
      case Op.GNU_VARIABLE_VALUE -> {
        offset(at);
        push(expression, Operand.missing("needs the value of another variable"));
      }
      case Op.CONST_TYPE, Op.GNU_CONST_TYPE -> {
        BaseType type = baseType(at.uleb());
        Bytes value = at.take(at.u8());
        push(
            expression,
            value.size() > 8 || type == null
                ? Operand.missing("a constant of a type that Trapline does not compute with")
                : Operand.typed(number(value), type));
      }
      case Op.REGVAL_TYPE, Op.GNU_REGVAL_TYPE -> {
        int register = registerNumber(at);
        BaseType type = baseType(at.uleb());
        Operand value = Operand.of(context.register(register));
        push(expression, value.isKnown() ? Operand.typed(value.bits(), type) : value);
      }
      case Op.CONVERT, Op.GNU_CONVERT -> {
        long entry = at.uleb();
        push(expression, pop(expression).convertTo(entry == 0 ? null : baseType(entry)));
      }
      case Op.REINTERPRET, Op.GNU_REINTERPRET -> {
        long entry = at.uleb();
        Operand value = pop(expression);
        BaseType type = entry == 0 ? null : baseType(entry);
        push(expression, value.isKnown() ? Operand.typed(value.bits(), type) : value);
      }
      case Op.STACK_VALUE -> {
        Operand value = pop(expression);
        BaseType type = value.type();
        location =
            value.unknown() != null
                ? new Location.Unavailable(value.unknown())
                : new Location.Value(value.bits(), type == null ? 8 : type.byteSize());
      }
      case Op.IMPLICIT_VALUE -> location = new Location.Implicit(at.take(at.uleb()));
      case Op.IMPLICIT_POINTER, Op.GNU_IMPLICIT_POINTER -> {
        long entry = offset(at);
        location = new Location.ImplicitPointer(entry, at.sleb());
      }
      case Op.PIECE -> {
        long bytes = at.uleb();
        if (bytes < 0 || bytes > Long.MAX_VALUE / 8) {
          throw expression.malformed(at.position(), "piece of " + bytes + " bytes");
        }
        addPiece(expression, bytes * 8, 0);
      }
      case Op.BIT_PIECE -> {
        long bits = at.uleb();
        addPiece(expression, bits, at.uleb());
      }
      default -> lost = "Trapline does not know the operation " + hex(op);
    }
  }

  private void addPiece(Bytes expression, long bits, long bitOffset) {
    if (pieces.size() == MAX_PIECES) {
      throw expression.malformed(0, "more than " + MAX_PIECES + " pieces");
    }
    pieces.add(new Location.Piece(currentLocation(), bits, bitOffset));
    if (location == null && depth > 0) {
      depth--;
    }
    location = null;
  }

  private void call(long entry, boolean inUnit, int calls) {
    Bytes procedure = context.procedure(entry, inUnit);
    if (procedure == null) {
      lost = "needs the expression of another entry, at offset 0x" + Long.toHexString(entry);
    } else if (calls == MAX_CALLS) {
      throw procedure.malformed(0, "expressions call each other more than " + MAX_CALLS + " deep");
    } else {
      execute(procedure, calls + 1);
    }
  }

  private Operand dereference(Operand address, int size, @Nullable BaseType type) {
    if (!address.isKnown()) {
      return address;
    }
    if (size < 1 || size > 8) {
      return Operand.missing("Trapline computes with values of 1 to 8 bytes, not " + size);
    }
    byte[] bytes = context.memory().readExactly(address.bits(), size);
    if (bytes == null) {
      return Operand.missing(
          "the memory at 0x" + Long.toHexString(address.bits()) + " is not readable");
    }
    return Operand.typed(number(Bytes.of("memory", bytes)), type);
  }

  private static long number(Bytes littleEndian) {
    long value = 0;
    for (int i = littleEndian.size() - 1; i >= 0; i--) {
      value = value << 8 | littleEndian.u8(i);
    }
    return value;
  }

  private void pushRegister(Bytes expression, int register, long offset) {
    pushSum(expression, context.register(register), offset);
  }

  private void pushSum(Bytes expression, Input base, long offset) {
    push(
        expression,
        base instanceof Input.Known known
            ? Operand.generic(known.value() + offset)
            : Operand.of(base));
  }

  private @Nullable BaseType baseType(long entry) {
    BaseType type = context.baseType(entry);
    if (type == null) {
      lost = "needs the base type at offset 0x" + Long.toHexString(entry);
    }
    return type;
  }

  private static int registerNumber(Cursor at) {
    long number = at.uleb();
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw at.bytes().malformed(at.position(), "register number " + number);
    }
    return (int) number;
  }

  private long address(Cursor at) {
    return context.addressSize() == 4 ? at.u32() : at.u64();
  }

  private long offset(Cursor at) {
    return context.offsetSize() == 8 ? at.u64() : at.u32();
  }

  private void push(Bytes expression, Operand operand) {
    if (depth == stack.length) {
      if (depth == MAX_DEPTH) {
        throw expression.malformed(0, "stack deeper than " + MAX_DEPTH);
      }
      stack = java.util.Arrays.copyOf(stack, depth * 2);
    }
    stack[depth++] = operand;
  }

  private Operand peek(Bytes expression, int below) {
    if (below >= depth) {
      throw expression.malformed(0, "takes more from the stack than there is");
    }
    return stack[depth - 1 - below];
  }

  private Operand pop(Bytes expression) {
    Operand top = peek(expression, 0);
    depth--;
    return top;
  }

  private static String hex(int op) {
    return "0x" + Integer.toHexString(op);
  }
}
