package trapline.code;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Decodes x86-64 machine code (Intel SDM volume 2 and AMD APM volume 3, 64-bit mode).
///
/// Which bytes form an instruction, and its text, follow `objdump -d` of binutils 2.40. A
/// decoder allocates nothing while it decodes; the tables it reads are shared, and those for
/// vector extensions are loaded when such an instruction is first met. Not safe for use by
/// several threads.
public final class X86Decoder {
  /// The longest instruction, in bytes.
  public static final int MAX_LENGTH = 15;

  static final OpcodeRow BAD_ROW = OpcodeRow.named("(bad)", Flow.BAD);

  /// What stands in for a byte or prefix at the end of the code that begins an instruction
  /// which reaches beyond it.
  static final OpcodeRow CUT_ROW = OpcodeRow.named("", Flow.BAD);

  /// Room for an instruction near the end of the code, followed by zeros.
  private final byte[] scratch = new byte[64];

  /// How many bytes of a prefix that names no opcode map are passed over.
  private int badMap;

  private final Encoding e = new Encoding(scratch);

  public X86Decoder() {}

  /// Decodes the instruction at `code[offset]`.
  ///
  /// @param code machine code; anything is accepted
  /// @param offset where the instruction starts; below `limit`
  /// @param limit the end of the code in the array; an instruction that reaches beyond it
  ///     is bad
  /// @param address where `code[offset]` is, or will be, in memory
  /// @param into receives the result
  /// @return false when the bytes are no instruction; [Instruction#length()] then says how
  ///     many bytes objdump passes over, at most [#MAX_LENGTH]
  /// @throws IndexOutOfBoundsException when `0 <= offset < limit <= code.length` does not
  ///     hold
  public boolean decode(byte[] code, int offset, int limit, long address, Instruction into) {
    if (offset < 0 || offset >= limit || limit > code.length) {
      throw new IndexOutOfBoundsException(offset);
    }
    int available = limit - offset;
    into.address = address;
    into.count = 0;
    into.ripOperand = Instruction.NONE;
    into.prefixCount = 0;
    into.shownPrefixes = 0;
    into.renamedPrefix = Instruction.NONE;
    into.hint = 0;
    into.memory = false;
    into.waits = false;
    into.saysEvex = false;
    into.mask = 0;
    into.zeroing = false;
    into.broadcast = 0;
    into.indexSize = 0;
    into.predicate = Instruction.NONE;
    if (available >= scratch.length) {
      e.code = code;
      e.begin(offset);
      return decode(into);
    }
    System.arraycopy(code, offset, scratch, 0, available);
    Arrays.fill(scratch, available, scratch.length, (byte) 0);
    e.code = scratch;
    e.begin(0);
    boolean good = decode(into);
    if (into.length > available) {
      into.count = 0;
      into.ripOperand = Instruction.NONE;
      into.prefixes[0] = code[offset];
      return finish(into, CUT_ROW, 1);
    }
    return good;
  }

  private static boolean finish(Instruction into, OpcodeRow row, int length) {
    into.row = row;
    into.flow = row.flow;
    into.length = length;
    return row.flow != Flow.BAD;
  }

  private boolean bad(Instruction into, int length) {
    into.count = 0;
    into.ripOperand = Instruction.NONE;
    if (e.kind == Encoding.LEGACY || badMap != 0 || e.vector == 0) {
      Prefixes.keep(e, into, e.opcodeAt);
      into.shownPrefixes = (1 << into.prefixCount) - 1;
      if (badMap == 1 && e.has(Encoding.P_REX) && (e.rex & 7) == 0) {
        into.shownPrefixes >>= 1;
        into.prefixCount--;
      }
      into.mask = badMap == 0 ? e.mask : 0;
      into.zeroing = badMap == 0 && e.zeroing;
    } else {
      into.shownPrefixes = 0;
      into.mask = 0;
      into.zeroing = false;
    }
    // objdump may pass over a byte more, which no processor has read.
    return finish(into, BAD_ROW, Math.min(length, MAX_LENGTH));
  }

  private boolean decode(Instruction into) {
    badMap = 0;
    int first = e.code[e.at] & 0xff;
    if (Prefixes.isPrefix(first)) {
      OpcodeRow alone = Prefixes.read(e, into);
      if (alone != null) {
        return finish(into, alone, e.at - e.start);
      }
    }
    e.opcodeAt = e.at;
    e.operandSize = (e.rex & Encoding.REX_W) != 0 ? 8 : e.has(Encoding.P_66) ? 2 : 4;
    OpcodeMap map = map();
    if (map == null) {
      return bad(into, e.opcodeAt + Math.max(1, badMap) - e.start);
    }
    if (e.prefixes != 0 && e.kind == Encoding.LEGACY) {
      mandatoryPrefix();
    }
    e.opcode = e.code[e.at++] & 0xff;
    if (map.isLastByte()) {
      return decode3dNow(map, into);
    }
    OpcodeRow row = map.first(e.opcode);
    if (row == null) {
      return bad(into, e.at - e.start);
    }
    int opcodeEnd = e.at;
    boolean hasModrm = map.hasModrm(e.opcode);
    readModrm(hasModrm ? e.code[e.at++] & 0xff : 0);
    OpcodeRow rows = row;
    row = choose(rows, 0);
    if (row == null) {
      boolean badPrefix = choose(rows, OpcodeRow.ANY_PREFIX) != null;
      bad(into, opcodeEnd - e.start);
      if (badPrefix) {
        // A wrong mandatory prefix is printed without any prefix.
        into.shownPrefixes = 0;
        into.mask = 0;
        into.zeroing = false;
      }
      return false;
    }
    if (e.lengthBits == 3 && e.kind == Encoding.EVEX && !(e.evexB && e.modrm >= 0xc0)) {
      return bad(into, opcodeEnd - e.start);
    }
    markUsed(row.flags);
    into.memory = hasModrm && e.modrm < 0xc0 && !row.has(OpcodeRow.ANY_MOD);
    into.operandSize = e.operandSize;
    into.wide = (e.rex & Encoding.REX_W) != 0;
    if (into.memory) {
      e.readMemory(into);
    }
    readOperands(into, row);
    if (e.kind != Encoding.LEGACY && !vectorIsRight()) {
      return bad(into, opcodeEnd - e.start);
    }
    return complete(into, row);
  }

  /// Decodes the instructions of AMD 3DNow!, whose opcode is the last byte.
  private boolean decode3dNow(OpcodeMap map, Instruction into) {
    readModrm(e.code[e.at++] & 0xff);
    into.memory = e.modrm < 0xc0;
    if (into.memory) {
      e.readMemory(into);
    }
    OpcodeRow row = map.first(e.code[e.at++] & 0xff);
    if (row == null) {
      return bad(into, e.opcodeAt + 1 - e.start);
    }
    readOperands(into, row);
    return complete(into, row);
  }

  private void readModrm(int modrm) {
    e.modrm = modrm;
    e.reg = (modrm >> 3) & 7;
    e.rm = modrm & 7;
  }

  private boolean complete(Instruction into, OpcodeRow row) {
    int length = e.at - e.start;
    if (length > MAX_LENGTH) {
      return bad(into, MAX_LENGTH);
    }
    finish(into, row, row.has(OpcodeRow.ONE_BYTE) ? e.opcodeAt + 1 - e.start : length);
    if (into.count > 0 && into.kinds[0] == OperandKind.TARGET) {
      long target = into.next() + into.values[0];
      into.values[0] = into.sizes[0] == 2 ? target & 0xffff : target;
    }
    if (row.has(OpcodeRow.SAYS_EVEX)) {
      into.saysEvex = e.couldBeVex(into);
    }
    if (e.prefixes != 0) {
      Mnemonics.use(e, into);
      if ((row.flags & OpcodeRow.RENAMES) != 0) {
        Prefixes.rename(e, into, row);
      }
      Prefixes.hide(e, into);
    }
    return row.flow != Flow.BAD;
  }

  /// Passes over the bytes that choose the opcode map.
  private @Nullable OpcodeMap map() {
    int first = e.code[e.at] & 0xff;
    if (first == 0x0f) {
      int second = e.code[++e.at] & 0xff;
      if (second == 0x38) {
        e.at++;
        return OpcodeMaps.get(OpcodeMaps.THREE_BYTE_38);
      }
      if (second == 0x3a) {
        e.at++;
        return OpcodeMaps.get(OpcodeMaps.THREE_BYTE_3A);
      }
      return OpcodeMaps.get(second == 0x0f ? OpcodeMaps.AMD_3DNOW : OpcodeMaps.TWO_BYTE);
    }
    if ((first & 0xf8) == 0xd8) {
      return OpcodeMaps.get(OpcodeMaps.X87);
    }
    return switch (first) {
      case 0xc4, 0xc5 -> {
        int map = e.readVex();
        badMap = map < 1 || map > 3 ? 1 : 0;
        yield map < 1 || map > 3 ? null : OpcodeMaps.get(OpcodeMaps.VEX + map);
      }
      case 0x62 -> {
        int map = e.readEvex();
        badMap = map == 0 ? 2 : map == 7 ? 1 : 0;
        yield badMap != 0 ? null : OpcodeMaps.get(OpcodeMaps.EVEX + map);
      }
      case 0x8f -> {
        if ((e.code[e.at + 1] & 0x1f) < 8) {
          yield OpcodeMaps.get(OpcodeMaps.ONE_BYTE);
        }
        int map = e.readVex();
        badMap = map > 10 ? 1 : 0;
        yield map > 10 ? null : OpcodeMaps.get(OpcodeMaps.XOP + map);
      }
      default -> OpcodeMaps.get(OpcodeMaps.ONE_BYTE);
    };
  }

  private void mandatoryPrefix() {
    if (e.has(Encoding.P_F2 | Encoding.P_F3)) {
      e.mandatory = e.code[e.lastRepeat] == (byte) 0xf3 ? 2 : 3;
    } else if (e.has(Encoding.P_66)) {
      e.mandatory = 1;
    }
  }

  /// Whether VEX.vvvv names a register or has the value that is right when it names none.
  private boolean vectorIsRight() {
    return e.vectorUsed || (e.vector == 0 && (e.highVector == 0 || e.highVectorUsed));
  }

  /// The first row whose conditions hold.
  ///
  /// @param ignored bits of the state that need not hold
  private @Nullable OpcodeRow choose(OpcodeRow first, int ignored) {
    int lengthBit = e.kind == Encoding.LEGACY ? e.operandSize >> 2 : e.lengthBits;
    int extended = e.kind == Encoding.LEGACY ? e.rex & 1 : e.evexB ? 1 : 0;
    int state =
        (1 << e.reg)
            | (0x100 << e.rm)
            | (e.modrm >= 0xc0 ? OpcodeRow.DIRECT : OpcodeRow.MEMORY)
            | (1 << (OpcodeRow.PREFIX + e.mandatory))
            | (1 << (OpcodeRow.WIDE + ((e.rex >> 3) & 1)))
            | (1 << (OpcodeRow.LENGTH + lengthBit))
            | (1 << (OpcodeRow.EXTENDED + extended))
            | (1 << (OpcodeRow.ADDRESS32 + (e.has(Encoding.P_67) ? 1 : 0)));
    OpcodeRow row = first;
    while (row != null && (row.excluded & state & ~ignored) != 0) {
      row = row.next;
    }
    return row;
  }

  private void markUsed(int flags) {
    if ((flags & OpcodeRow.USES_PREFIX) != 0 && e.mandatory != 0 && e.kind == Encoding.LEGACY) {
      e.used |= e.mandatory == 1 ? Encoding.P_66 : e.mandatory == 2 ? Encoding.P_F3 : Encoding.P_F2;
    }
    if ((flags & OpcodeRow.USES_WIDE) != 0) {
      e.rexUsed |= Encoding.REX_W;
    }
    if ((flags & OpcodeRow.USES_OPERAND_SIZE) != 0) {
      e.useOperandSize();
    }
    if ((flags & OpcodeRow.USES_EXTENDED) != 0) {
      e.rexUsed |= Encoding.REX_B;
    }
    if ((flags & OpcodeRow.USES_ADDRESS_SIZE) != 0) {
      e.used |= Encoding.P_67;
    }
  }

  private void readOperands(Instruction into, OpcodeRow row) {
    int[] operands = row.operands;
    int count = operands.length;
    int skipped = 0;
    if (row.rule == '#') {
      into.predicate = Mnemonics.predicate(row, e.code[e.at] & 0xff);
      if (into.predicate >= 0) {
        // The immediate is said in the mnemonic and is no operand.
        count--;
        skipped = 1;
      }
    }
    boolean rounds = e.evexB && !into.memory;
    if (row.has(OpcodeRow.ROUNDS)) {
      if (rounds) {
        e.vectorLength = 64;
      } else {
        count--;
      }
    }
    into.count = count;
    into.mask = e.mask;
    into.zeroing = e.zeroing;
    boolean inOrder = (row.flags & OpcodeRow.IN_ORDER) != 0;
    int i = 0;
    for (int code : operands) {
      int location = code & 0xff;
      if (!rounds && (location == OperandCode.ROUNDING || location == OperandCode.SUPPRESS)) {
        continue;
      }
      if (i == count) {
        break;
      }
      Operands.read(e, into, inOrder ? i : count - 1 - i, code);
      i++;
    }
    if (row.has(OpcodeRow.REGISTER_BYTE)) {
      skipped = 1;
    }
    e.at += skipped;
  }
}
