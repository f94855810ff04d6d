package trapline.code;

/// The encoding of the instruction at hand: its prefixes and ModRM, how far it has been read,
/// and which prefixes it has made use of. Belongs to one decoder.
final class Encoding {
  // Prefixes, as bits of a set.
  static final int P_66 = 1;
  static final int P_F3 = 2;
  static final int P_F2 = 4;
  static final int P_67 = 8;
  static final int P_LOCK = 16;
  static final int P_SEGMENT = 32;
  static final int P_REX = 64;
  static final int P_WAIT = 128;

  static final int REX_W = 8;
  static final int REX_R = 4;
  static final int REX_X = 2;
  static final int REX_B = 1;

  /// What an instruction was encoded with besides legacy prefixes.
  static final int LEGACY = 0;

  static final int VEX = 1;
  static final int EVEX = 2;

  byte[] code;
  int start;
  int at;

  int prefixes;

  /// The prefixes that the instruction makes use of, which are not printed.
  int used;

  int lastRepeat;
  int lastF2;
  int lastF3;
  int last66;
  int last67;
  int lastSegment;
  int waitAt;

  /// The segment register of an `fs` or `gs` prefix, or [Instruction#NONE].
  int segment;

  /// The REX prefix, or the bits of VEX, EVEX or XOP that mean the same.
  int rex;

  int rexUsed;

  /// The branch hints among the prefixes: 1 for `cs`, 2 for `ds`.
  int hints;

  int kind;

  /// Where the opcode starts, after all prefixes.
  int opcodeAt;

  int opcode;

  /// 0 for none, 1 for 66, 2 for F3, 3 for F2.
  int mandatory;

  int modrm;
  int reg;
  int rm;
  int operandSize;

  // VEX and EVEX: vvvv, L in bytes, and EVEX's own.
  int vector;
  boolean vectorUsed;
  int vectorLength;
  int lengthBits;
  int highReg;
  int highVector;
  boolean highVectorUsed;
  boolean broadcastUsed;
  int mask;
  boolean zeroing;
  boolean evexB;

  // The memory operand that ModRM encodes.
  int base;
  int index;
  int scale;
  int displacement;
  boolean shortDisplacement;

  Encoding(byte[] code) {
    this.code = code;
  }

  void begin(int start) {
    this.start = start;
    at = start;
    prefixes = 0;
    used = 0;
    rex = 0;
    rexUsed = 0;
    hints = 0;
    kind = LEGACY;
    segment = Instruction.NONE;
    mandatory = 0;
    highReg = 0;
    highVector = 0;
    mask = 0;
    vector = 0;
    lengthBits = 0;
    vectorUsed = false;
    highVectorUsed = false;
    broadcastUsed = false;
    evexB = false;
    zeroing = false;
    vectorLength = 16;
  }

  boolean has(int prefix) {
    return (prefixes & prefix) != 0;
  }

  boolean wide() {
    rexUsed |= REX_W;
    return (rex & REX_W) != 0;
  }

  void useOperandSize() {
    if (!wide()) {
      used |= P_66;
    }
  }

  void useStackSize() {
    if ((rex & REX_W) == 0) {
      used |= P_66;
    }
  }

  /// The width in bytes that a width letter stands for; 0 when it gives none.
  int width(int letter) {
    return switch (letter) {
      case 'b' -> 1;
      case 'w' -> 2;
      case 'd' -> 4;
      case 'q' -> 8;
      case 'v' -> {
        useOperandSize();
        yield operandSize;
      }
      case 'z' -> {
        useStackSize();
        yield Math.min(operandSize, 4);
      }
      case 'y' -> wide() ? 8 : 4;
      case 's' -> {
        useStackSize();
        yield operandSize == 2 ? 2 : 8;
      }
      case 'a' -> {
        used |= P_67;
        yield has(P_67) ? 4 : 8;
      }
      case 'o' -> 16;
      case 'i' -> 32;
      case 'u' -> 64;
      case 't' -> 10;
      case 'x' -> vectorLength;
      case 'h' -> vectorLength >> 1;
      case 'f' -> vectorLength >> 2;
      case 'e' -> vectorLength >> 3;
      default -> 0;
    };
  }

  /// Reads the rest of a VEX prefix (Intel SDM volume 2, section 2.3.5).
  ///
  /// @return the number of the opcode map in the prefix
  int readVex() {
    int first = code[at] & 0xff;
    int map = 1;
    int last = code[at + 1];
    kind = VEX;
    rex = (~last >> 5) & REX_R;
    if (first == 0xc5) {
      at += 2;
    } else {
      rex = (~last >> 5) & 7;
      map = last & 0x1f;
      last = code[at + 2];
      rex |= (last >> 4) & REX_W;
      at += 3;
    }
    lengthBits = (last >> 2) & 1;
    vectorLength = 16 << lengthBits;
    vector = (~last >> 3) & 0xf;
    mandatory = last & 3;
    return map;
  }

  /// Reads the rest of an EVEX prefix (Intel SDM volume 2, section 2.7.1).
  ///
  /// @return the number of the opcode map in the prefix, or 0 when a fixed bit is wrong
  int readEvex() {
    int p0 = code[at + 1];
    int p1 = code[at + 2];
    int p2 = code[at + 3];
    kind = EVEX;
    rex = ((~p0 >> 5) & 7) | ((p1 >> 4) & REX_W);
    highReg = ~p0 & 0x10;
    vector = (~p1 >> 3) & 0xf;
    highVector = (~p2 << 1) & 0x10;
    mandatory = p1 & 3;
    lengthBits = (p2 >> 5) & 3;
    vectorLength = 16 << lengthBits;
    mask = p2 & 7;
    zeroing = p2 < 0;
    evexB = (p2 & 0x10) != 0;
    at += 4;
    int map = p0 & 0xf;
    return map < 1 || map > 6 || map == 4 ? 7 : (p1 & 4) == 0 ? 0 : map;
  }

  /// Whether nothing in an EVEX prefix needs EVEX.
  boolean couldBeVex(Instruction into) {
    return lengthBits < 2
        && mask == 0
        && !zeroing
        && !evexB
        && highReg == 0
        && highVector == 0
        && (into.memory || (rex & REX_X) == 0);
  }

  int int16() {
    int value = (code[at] & 0xff) | ((code[at + 1] & 0xff) << 8);
    at += 2;
    return value;
  }

  int int32() {
    int value =
        (code[at] & 0xff)
            | ((code[at + 1] & 0xff) << 8)
            | ((code[at + 2] & 0xff) << 16)
            | (code[at + 3] << 24);
    at += 4;
    return value;
  }

  long int64() {
    return (int32() & 0xffff_ffffL) | ((long) int32() << 32);
  }

  /// Reads SIB and displacement.
  void readMemory(Instruction into) {
    int mod = modrm >> 6;
    index = Instruction.NONE;
    scale = 1;
    base = rm | ((rex & REX_B) << 3);
    into.address32 = has(P_67);
    into.hasSib = false;
    boolean full = mod == 2;
    if (rm == 4) {
      int sib = code[at++] & 0xff;
      rexUsed |= REX_X;
      base = (sib & 7) | ((rex & REX_B) << 3);
      index = ((sib >> 3) & 7) | ((rex & REX_X) << 2);
      scale = 1 << (sib >> 6);
      into.hasSib = true;
      if ((sib & 7) == 5 && mod == 0) {
        base = Instruction.NONE;
        full = true;
      }
    } else if (rm == 5 && mod == 0) {
      base = Instruction.RIP;
      full = true;
    }
    into.hasDisplacement = mod == 1 || full;
    shortDisplacement = mod == 1;
    if (full) {
      displacement = int32();
    } else if (mod == 1) {
      displacement = code[at++];
    } else {
      displacement = 0;
    }
  }
}
