package trapline.code;

import static trapline.code.Encoding.P_66;
import static trapline.code.Encoding.P_67;
import static trapline.code.Encoding.P_SEGMENT;
import static trapline.code.Encoding.REX_B;
import static trapline.code.Encoding.REX_R;
import static trapline.code.Encoding.REX_X;

/// Reads operands, as [OperandCode] describes them, into an [Instruction].
final class Operands {
  private Operands() {}

  static void read(Encoding e, Instruction into, int i, int code) {
    into.codes[i] = code;
    int letter = (code >> 8) & 0xff;
    switch (code & 0xff) {
      case 'E' -> {
        if (e.modrm >= 0xc0) {
          general(e, into, i, rm(e), e.width(letter), REX_B);
        } else {
          memory(e, into, i, e.width(letter));
        }
      }
      case 'R' -> {
        if (!special(into, i, e.rm, letter)) {
          general(e, into, i, rm(e), e.width(letter), REX_B);
        }
      }
      case 'G' -> {
        if (!special(into, i, e.reg, letter)) {
          general(e, into, i, reg(e), e.width(letter), REX_R);
        }
      }
      case 'Z' ->
          general(e, into, i, (e.opcode & 7) | ((e.rex & REX_B) << 3), e.width(letter), REX_B);
      case 'B' -> {
        int number = vector(e);
        if (!special(into, i, number, letter)) {
          general(e, into, i, number & 0xf, e.width(letter), 0);
        }
      }
      case 'M' -> memory(e, into, i, e.width(letter));
      case 'T' -> {
        if (letter == 'q') {
          register(into, i, RegisterClass.BOUND, reg(e), 16);
        } else if (e.modrm >= 0xc0) {
          register(into, i, RegisterClass.BOUND, rm(e), 16);
        } else {
          memory(e, into, i, 16);
        }
      }
      case 'I' -> immediate(e, into, i, letter);
      case 'J' -> target(e, into, i, letter);
      case 'O' -> offset(e, into, i, e.width(letter));
      case 'X' -> source(e, into, i, 6, e.width(letter));
      case 'L' ->
          register(into, i, RegisterClass.VECTOR, (e.code[e.at] >> 4) & 0xf, e.width(letter));
      case 'A' -> vectorIndexed(e, into, i, code);
      case 'Y' -> {
        plainMemory(e, into, i, 7, e.width(letter), 0);
        e.used |= P_67;
      }
      case 'V' -> register(into, i, RegisterClass.VECTOR, reg(e) | e.highReg, e.width(letter));
      case 'H' -> register(into, i, RegisterClass.VECTOR, vector(e), e.width(letter));
      case 'W' -> {
        if (e.modrm < 0xc0) {
          memory(e, into, i, e.width(letter));
        } else {
          vectorRm(e, into, i, letter);
        }
      }
      case 'U' -> vectorRm(e, into, i, letter);
      case 'P' -> register(into, i, RegisterClass.MMX, e.reg, 8);
      case 'Q' -> {
        if (e.modrm < 0xc0) {
          memory(e, into, i, e.width(letter));
        } else {
          register(into, i, RegisterClass.MMX, e.rm, 8);
        }
      }
      case 'N' -> register(into, i, RegisterClass.MMX, e.rm, 8);
      case 'S' -> register(into, i, RegisterClass.SEGMENT, e.reg, 2);
      case 'C' -> register(into, i, RegisterClass.CONTROL, reg(e), 8);
      case 'D' -> register(into, i, RegisterClass.DEBUG, reg(e), 8);
      case OperandCode.FIXED_GENERAL -> general(e, into, i, letter & 0xf, 1 << (letter >> 4), 0);
      case OperandCode.ACCUMULATOR -> general(e, into, i, 0, e.width(letter), 0);
      case OperandCode.X87_TOP -> register(into, i, RegisterClass.X87, 0, 10);
      case OperandCode.X87_INDEXED -> register(into, i, RegisterClass.X87, e.rm, 10);
      case OperandCode.FIXED_SEGMENT -> register(into, i, RegisterClass.SEGMENT, letter, 2);
      case OperandCode.TRANSLATION -> source(e, into, i, 3, 1);
      case OperandCode.ROUNDING, OperandCode.SUPPRESS -> {
        into.kinds[i] = OperandKind.DECORATION;
        into.values[i] = e.lengthBits;
      }
      case OperandCode.FIXED_VECTOR -> register(into, i, RegisterClass.VECTOR, 0, 16);
      default -> throw new IllegalStateException("operand code " + Integer.toHexString(code));
    }
  }

  /// The number in ModRM.reg.
  private static int reg(Encoding e) {
    e.rexUsed |= REX_R;
    return e.reg | ((e.rex & REX_R) << 1);
  }

  /// The number in ModRM.rm when it is a register.
  private static int rm(Encoding e) {
    e.rexUsed |= REX_B;
    return e.rm | ((e.rex & REX_B) << 3);
  }

  /// The number in VEX.vvvv.
  private static int vector(Encoding e) {
    e.vectorUsed = true;
    return e.vector | e.highVector;
  }

  private static void vectorRm(Encoding e, Instruction into, int i, int letter) {
    int number = rm(e);
    if (e.kind == Encoding.EVEX) {
      e.rexUsed |= REX_X;
      number |= (e.rex & REX_X) << 3;
    }
    register(into, i, RegisterClass.VECTOR, number, e.width(letter));
  }

  private static void register(Instruction into, int i, RegisterClass kind, int number, int size) {
    into.kinds[i] = OperandKind.REGISTER;
    into.classes[i] = kind;
    into.registers[i] = (byte) number;
    into.sizes[i] = (byte) size;
  }

  private static void general(
      Encoding e, Instruction into, int i, int number, int size, int rexBit) {
    e.rexUsed |= rexBit;
    if (size == 1 && rexBit != 0) {
      // Any REX prefix turns ah, ch, dh, bh into spl, bpl, sil, dil.
      if (e.rex == 0 && number >= 4) {
        register(into, i, RegisterClass.GENERAL_HIGH_BYTE, number - 4, 1);
        return;
      }
      if (number >= 4 && number < 8) {
        e.rexUsed |= 0x40;
      }
    }
    register(into, i, RegisterClass.GENERAL, number, size);
  }

  /// Mask and tile registers have their own width letters.
  private static boolean special(Instruction into, int i, int number, int letter) {
    if (letter == 'k' || letter == 'T') {
      register(into, i, letter == 'k' ? RegisterClass.MASK : RegisterClass.TILE, number & 7, 8);
      return true;
    }
    return false;
  }

  private static void immediate(Encoding e, Instruction into, int i, int letter) {
    into.kinds[i] = OperandKind.IMMEDIATE;
    int size;
    switch (letter) {
      case 'b' -> {
        size = 1;
        into.values[i] = e.code[e.at++] & 0xff;
      }
      case 'x', 'k' -> {
        size = e.width(letter == 'x' ? 'v' : 's');
        into.values[i] = e.code[e.at++];
      }
      case 'n' -> {
        size = 1;
        into.values[i] = e.code[e.at] & 0xf;
      }
      case 'w' -> {
        size = 2;
        into.values[i] = e.int16();
      }
      case 'z', 'p' -> {
        size = e.width(letter == 'z' ? 'v' : 's');
        into.values[i] = size == 2 ? (short) e.int16() : e.int32();
      }
      case 'v' -> {
        size = e.width('v');
        into.values[i] = size == 2 ? (short) e.int16() : size == 4 ? e.int32() : e.int64();
      }
      case 'd' -> {
        size = 4;
        into.values[i] = e.int32();
      }
      default -> throw new IllegalStateException("immediate " + (char) letter);
    }
    into.sizes[i] = (byte) size;
  }

  /// A displacement from the next instruction, which the decoder makes an address once the length
  /// is known.
  private static void target(Encoding e, Instruction into, int i, int letter) {
    into.kinds[i] = OperandKind.TARGET;
    into.sizes[i] = 8;
    if (letter == 'b') {
      into.values[i] = e.code[e.at++];
    } else if (e.operandSize == 2) {
      e.used |= P_66;
      into.sizes[i] = 2;
      into.values[i] = (short) e.int16();
    } else {
      into.values[i] = e.int32();
    }
  }

  private static void offset(Encoding e, Instruction into, int i, int size) {
    plainMemory(e, into, i, Instruction.NONE, size, e.segment);
    if (e.segment >= 0) {
      e.used |= P_SEGMENT;
    }
    into.values[i] = e.has(P_67) ? e.int32() & 0xffff_ffffL : e.int64();
  }

  private static void source(Encoding e, Instruction into, int i, int register, int size) {
    plainMemory(e, into, i, register, size, e.segment >= 0 ? e.segment : 3);
    e.used |= P_67 | P_SEGMENT;
  }

  private static void plainMemory(
      Encoding e, Instruction into, int i, int register, int size, int segment) {
    into.kinds[i] = OperandKind.MEMORY;
    into.segments[i] = (byte) segment;
    into.bases[i] = (byte) register;
    into.indexes[i] = Instruction.NONE;
    into.scales[i] = 1;
    into.values[i] = 0;
    into.sizes[i] = (byte) size;
    into.hasDisplacement = false;
    into.hasSib = false;
    into.address32 = e.has(P_67);
  }

  private static void vectorIndexed(Encoding e, Instruction into, int i, int code) {
    memory(e, into, i, e.width((code >> 8) & 0xff));
    into.indexes[i] = (byte) (e.index | e.highVector);
    into.indexSize = e.width(code >> OperandCode.THIRD);
    e.highVectorUsed = true;
  }

  private static void memory(Encoding e, Instruction into, int i, int size) {
    into.kinds[i] = OperandKind.MEMORY;
    into.segments[i] = (byte) e.segment;
    into.bases[i] = (byte) e.base;
    into.indexes[i] = (byte) (e.index == 4 ? Instruction.NONE : e.index);
    into.scales[i] = (byte) e.scale;
    long displacement = e.displacement;
    if (e.kind == Encoding.EVEX) {
      int third = into.codes[i] >> OperandCode.THIRD;
      if (e.evexB && third != 0 && (into.codes[i] & 0xff) != 'A') {
        into.broadcast = size / e.width(third);
        size = e.width(third);
        e.broadcastUsed = true;
      }
      if (e.shortDisplacement) {
        displacement *= size;
      }
    }
    into.values[i] = displacement;
    into.sizes[i] = (byte) size;
    if (e.base == Instruction.RIP) {
      into.ripOperand = i;
    }
    e.used |= e.segment >= 0 ? P_67 | P_SEGMENT : P_67;
    e.rexUsed |= REX_B;
  }
}
