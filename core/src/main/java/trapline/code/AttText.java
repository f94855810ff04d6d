package trapline.code;

/// Prints instructions in AT&T syntax, as objdump of binutils 2.40 does.
final class AttText {
  private static final String[] R64 = {
    "%rax", "%rcx", "%rdx", "%rbx", "%rsp", "%rbp", "%rsi", "%rdi", "%r8", "%r9", "%r10", "%r11",
    "%r12", "%r13", "%r14", "%r15", "%rip",
  };
  private static final String[] R32 = {
    "%eax", "%ecx", "%edx", "%ebx", "%esp", "%ebp", "%esi", "%edi", "%r8d", "%r9d", "%r10d",
    "%r11d", "%r12d", "%r13d", "%r14d", "%r15d", "%eip",
  };
  private static final String[] R16 = {
    "%ax", "%cx", "%dx", "%bx", "%sp", "%bp", "%si", "%di",
    "%r8w", "%r9w", "%r10w", "%r11w", "%r12w", "%r13w", "%r14w", "%r15w",
  };
  private static final String[] R8 = {
    "%al", "%cl", "%dl", "%bl", "%spl", "%bpl", "%sil", "%dil",
    "%r8b", "%r9b", "%r10b", "%r11b", "%r12b", "%r13b", "%r14b", "%r15b",
  };
  private static final String[] HIGH = {"%ah", "%ch", "%dh", "%bh"};
  private static final String[] SEGMENTS = {"%es", "%cs", "%ss", "%ds", "%fs", "%gs", "%?", "%?"};
  private static final String[] X87 = {
    "%st(0)", "%st(1)", "%st(2)", "%st(3)", "%st(4)", "%st(5)", "%st(6)", "%st(7)",
  };
  private static final String[] REX = {
    "rex", "rex.B", "rex.X", "rex.XB", "rex.R", "rex.RB", "rex.RX", "rex.RXB",
    "rex.W", "rex.WB", "rex.WX", "rex.WXB", "rex.WR", "rex.WRB", "rex.WRX", "rex.WRXB",
  };
  private static final String[] ROUNDINGS = {"{rn-sae}", "{rd-sae}", "{ru-sae}", "{rz-sae}"};
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
  };

  private AttText() {}

  static void append(Instruction in, StringBuilder out, SymbolLookup symbols) {
    if (in.row == X86Decoder.CUT_ROW) {
      String prefix = prefix(in, 0);
      if (prefix.isEmpty()) {
        out.append(".byte ");
        hex(out, in.prefixes[0] & 0xff);
      } else {
        out.append(prefix);
      }
      return;
    }
    if (in.shownPrefixes != 0) {
      for (int i = 0; i < in.prefixCount; i++) {
        if (((in.shownPrefixes >> i) & 1) != 0) {
          out.append(prefix(in, i)).append(' ');
        }
      }
      if (in.row == Prefixes.ALONE) {
        out.setLength(out.length() - 1);
      }
    }
    if (in.saysEvex) {
      out.append("{evex} ");
    }
    out.append(Mnemonics.of(in));
    if (in.hint != 0) {
      out.append((in.hint & 1) != 0 ? ",pn" : ",pt");
    }
    for (int i = 0; i < in.count; i++) {
      out.append(i == 0 ? ' ' : ',');
      operand(in, i, out, symbols);
    }
    if (in.row.flow == Flow.BAD && (in.mask != 0 || in.zeroing)) {
      out.append(' ');
    }
    if (in.mask != 0) {
      numbered(out.append('{'), "%k", in.mask);
      out.append('}');
    }
    if (in.zeroing) {
      out.append("{z}");
    }
    if (in.ripOperand >= 0) {
      // Not cut to 32 bits after an address size prefix, unlike what the processor does.
      long target = in.next() + in.values[in.ripOperand];
      out.append("        # ");
      address(out, symbols, target);
    }
  }

  /// As objdump: without 0x when a name follows.
  private static void address(StringBuilder out, SymbolLookup symbols, long address) {
    String name = symbols.nameOf(address);
    if (name == null) {
      hex(out, address);
    } else {
      digits(out, address);
      out.append(" <").append(name).append('>');
    }
  }

  private static String prefix(Instruction in, int i) {
    int octet = in.prefixes[i] & 0xff;
    if (i == in.renamedPrefix) {
      return switch (octet) {
        case 0xf2 -> in.row.has(OpcodeRow.BOUND) ? "bnd" : "xacquire";
        case 0xf3 -> in.row.has(OpcodeRow.REPEATS) ? "rep" : "xrelease";
        default -> "notrack";
      };
    }
    return switch (octet) {
      case 0x66 -> "data16";
      case 0x67 -> "addr32";
      case 0xf0 -> "lock";
      case 0xf2 -> "repnz";
      case 0xf3 -> "repz";
      case 0x26 -> "es";
      case 0x2e -> "cs";
      case 0x36 -> "ss";
      case 0x3e -> "ds";
      case 0x64 -> "fs";
      case 0x65 -> "gs";
      case 0x9b -> "fwait";
      default -> (octet & 0xf0) == 0x40 ? REX[octet & 0xf] : "";
    };
  }

  private static void operand(Instruction in, int i, StringBuilder out, SymbolLookup symbols) {
    switch (in.kinds[i]) {
      case REGISTER -> {
        if ((in.codes[i] & 0xff) == OperandCode.X87_TOP) {
          out.append("%st");
        } else if ((in.codes[i] & (OperandCode.INDIRECT | OperandCode.PORT)) == 0) {
          register(out, in.classes[i], in.registers[i], in.sizes[i]);
        } else if ((in.codes[i] & OperandCode.INDIRECT) != 0) {
          register(out.append('*'), in.classes[i], in.registers[i], in.sizes[i]);
        } else {
          out.append("(%dx)");
        }
      }
      case IMMEDIATE -> {
        out.append('$');
        long value = in.values[i];
        int size = in.sizes[i];
        hex(out, size >= 8 ? value : value & ((1L << (size * 8)) - 1));
      }
      case MEMORY -> {
        if ((in.codes[i] & OperandCode.INDIRECT) != 0) {
          out.append('*');
        }
        memory(in, i, out);
      }
      case TARGET -> {
        address(out, symbols, in.values[i]);
      }
      case DECORATION ->
          out.append(
              (in.codes[i] & 0xff) == OperandCode.SUPPRESS
                  ? "{sae}"
                  : ROUNDINGS[(int) in.values[i] & 3]);
    }
  }

  private static void register(StringBuilder out, RegisterClass kind, int number, int size) {
    switch (kind) {
      case GENERAL ->
          out.append(
              switch (size) {
                case 1 -> R8[number];
                case 2 -> R16[number];
                case 4 -> R32[number];
                default -> R64[number];
              });
      case GENERAL_HIGH_BYTE -> out.append(HIGH[number]);
      case VECTOR -> numbered(out, size == 64 ? "%zmm" : size == 32 ? "%ymm" : "%xmm", number);
      case MMX -> numbered(out, "%mm", number);
      case X87 -> out.append(X87[number]);
      case MASK -> numbered(out, "%k", number);
      case SEGMENT -> out.append(SEGMENTS[number]);
      case CONTROL -> numbered(out, "%cr", number);
      case DEBUG -> numbered(out, "%db", number);
      case BOUND -> {
        if (number < 4) {
          numbered(out, "%bnd", number);
        } else {
          out.append("(bad)");
        }
      }
      case TILE -> numbered(out, "%tmm", number);
    }
  }

  private static void numbered(StringBuilder out, String prefix, int number) {
    out.append(prefix);
    if (number >= 10) {
      out.append((char) ('0' + number / 10));
    }
    out.append((char) ('0' + number % 10));
  }

  private static void memory(Instruction in, int i, StringBuilder out) {
    int segment = in.segments[i];
    if (segment >= 0) {
      out.append(SEGMENTS[segment]).append(':');
    }
    int base = in.bases[i];
    int index = in.indexes[i];
    boolean string = base >= 0 && segment >= 0 && in.codes[i] != 0 && isString(in.codes[i]);
    long value = in.values[i];
    String[] names = in.address32 ? R32 : R64;
    boolean riz =
        !string
            && in.hasSib
            && index < 0
            && (base >= 0
                ? (in.scales[i] != 1 || (base & 7) != 4)
                : in.address32 || in.scales[i] != 1);
    if (base < 0 && index < 0 && !riz) {
      hex(out, value);
      return;
    }
    if (!string && in.hasDisplacement) {
      if (value < 0) {
        out.append('-');
        hex(out, -value);
      } else {
        hex(out, value);
      }
    }
    out.append('(');
    if (base >= 0) {
      out.append(names[base]);
    }
    if (index >= 0) {
      out.append(',');
      if (in.indexSize == 0) {
        out.append(names[index]);
      } else {
        register(out, RegisterClass.VECTOR, index, in.indexSize);
      }
      scale(out, in.scales[i]);
    } else if (riz) {
      out.append(in.address32 ? ",%eiz" : ",%riz");
      scale(out, in.scales[i]);
    }
    out.append(')');
    if (in.broadcast != 0) {
      out.append("{1to").append(in.broadcast).append('}');
    }
  }

  private static void scale(StringBuilder out, int scale) {
    out.append(',').append((char) ('0' + scale));
  }

  /// Whether an operand is memory that a string operation steps through.
  static boolean isString(int code) {
    int letter = code & 0xff;
    return letter == 'X' || letter == 'Y' || letter == OperandCode.TRANSLATION;
  }

  static void hex(StringBuilder out, long value) {
    out.append("0x");
    digits(out, value);
  }

  private static void digits(StringBuilder out, long value) {
    int shift = Math.max(0, (63 - Long.numberOfLeadingZeros(value)) & ~3);
    for (; shift >= 0; shift -= 4) {
      out.append((char) HEX[(int) (value >>> shift) & 0xf]);
    }
  }
}
