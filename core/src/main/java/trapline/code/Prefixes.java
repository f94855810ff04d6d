package trapline.code;

import static trapline.code.Encoding.P_66;
import static trapline.code.Encoding.P_67;
import static trapline.code.Encoding.P_F2;
import static trapline.code.Encoding.P_F3;
import static trapline.code.Encoding.P_LOCK;
import static trapline.code.Encoding.P_REX;
import static trapline.code.Encoding.P_SEGMENT;
import static trapline.code.Encoding.P_WAIT;

import org.jspecify.annotations.Nullable;

/// Reads prefixes, and finds those that are printed because the instruction has no use for
/// them.
final class Prefixes {
  /// Prefixes that no instruction follows.
  static final OpcodeRow ALONE = OpcodeRow.named("", Flow.NEXT);

  private static final OpcodeRow FWAIT = OpcodeRow.named("fwait", Flow.NEXT);

  /// The set bit of each byte that is a prefix, 0 for opcodes.
  private static final byte[] KINDS = new byte[256];

  static {
    KINDS[0x66] = P_66;
    KINDS[0xf3] = P_F3;
    KINDS[0xf2] = P_F2;
    KINDS[0x67] = P_67;
    KINDS[0xf0] = P_LOCK;
    KINDS[0x26] = P_SEGMENT;
    KINDS[0x2e] = P_SEGMENT;
    KINDS[0x36] = P_SEGMENT;
    KINDS[0x3e] = P_SEGMENT;
    KINDS[0x64] = P_SEGMENT;
    KINDS[0x65] = P_SEGMENT;
    for (int i = 0x40; i < 0x50; i++) {
      KINDS[i] = P_REX;
    }
    KINDS[0x9b] = (byte) P_WAIT;
  }

  private Prefixes() {}

  static boolean isPrefix(int octet) {
    return KINDS[octet] != 0;
  }

  /// Passes over prefixes.
  ///
  /// @return the whole instruction when the prefixes are one by themselves, or null
  static @Nullable OpcodeRow read(Encoding e, Instruction into) {
    while (true) {
      int octet = e.code[e.at] & 0xff;
      int kind = KINDS[octet] & 0xff;
      if (kind == 0) {
        break;
      }
      boolean full = e.at - e.start == X86Decoder.MAX_LENGTH - 1;
      if (kind == P_WAIT && e.prefixes != 0 && e.rex == 0 && !full) {
        // It is an instruction of its own, which ends here.
        e.waitAt = e.at++;
        e.prefixes |= kind;
        break;
      }
      if (e.rex != 0 || full) {
        // REX counts only directly before the opcode.
        if (e.has(P_WAIT) && e.rex != 0) {
          // The wait is not printed, and as many bytes count as are.
          keepAllButWait(e, into, e.at);
          e.at = e.start + into.prefixCount;
        } else {
          keep(e, into, e.at);
        }
        into.shownPrefixes = (1 << into.prefixCount) - 1;
        return ALONE;
      }
      switch (kind) {
        case P_66 -> e.last66 = e.at;
        case P_67 -> e.last67 = e.at;
        case P_F2 -> {
          e.lastRepeat = e.at;
          e.lastF2 = e.at;
        }
        case P_F3 -> {
          e.lastRepeat = e.at;
          e.lastF3 = e.at;
        }
        case P_SEGMENT -> {
          e.lastSegment = e.at;
          e.hints |= octet == 0x2e ? 1 : octet == 0x3e ? 2 : 0;
          if (octet >= 0x64) {
            e.segment = octet - 0x60;
          }
        }
        case P_REX -> e.rex = octet;
        case P_WAIT -> e.waitAt = e.at;
        default -> {}
      }
      e.prefixes |= kind;
      e.at++;
    }
    if (e.has(P_WAIT) && (e.code[e.at] & 0xf8) != 0xd8) {
      return fwait(e, into);
    }
    return null;
  }

  private static OpcodeRow fwait(Encoding e, Instruction into) {
    keepAllButWait(e, into, e.waitAt);
    into.shownPrefixes = (1 << into.prefixCount) - 1;
    e.at = e.start + into.prefixCount + 1;
    return FWAIT;
  }

  private static void keepAllButWait(Encoding e, Instruction into, int end) {
    int count = 0;
    for (int i = e.start; i < end; i++) {
      if (e.code[i] != (byte) 0x9b) {
        into.prefixes[count++] = e.code[i];
      }
    }
    into.prefixCount = count;
  }

  static void keep(Encoding e, Instruction into, int end) {
    int count = end - e.start;
    into.prefixCount = count;
    for (int i = 0; i < count; i++) {
      into.prefixes[i] = e.code[e.start + i];
    }
  }

  /// Finds the prefixes that the instruction made no use of, which are printed before it.
  static void hide(Encoding e, Instruction into) {
    int end = e.opcodeAt;
    keep(e, into, end);
    int shown = (1 << (end - e.start)) - 1;
    int hidden = e.prefixes & e.used;
    if ((hidden & P_66) != 0) {
      shown &= ~(1 << (e.last66 - e.start));
    }
    if ((hidden & P_67) != 0) {
      shown &= ~(1 << (e.last67 - e.start));
    }
    if ((hidden & P_SEGMENT) != 0) {
      shown &= ~(1 << (e.lastSegment - e.start));
    }
    if ((hidden & (P_F2 | P_F3)) != 0) {
      shown &= ~(1 << (e.lastRepeat - e.start));
    }
    if (e.has(P_REX)
        && (e.rex & 0xf & ~e.rexUsed) == 0
        && ((e.rexUsed & 0x40) | (e.rex & 0xf)) != 0
        && e.kind == Encoding.LEGACY) {
      shown &= ~(1 << (end - 1 - e.start));
    }
    if (e.has(P_WAIT)) {
      into.waits = true;
      for (int i = 0; i < into.prefixCount; i++) {
        if (into.prefixes[i] == (byte) 0x9b) {
          shown &= ~(1 << i);
        }
      }
    }
    into.shownPrefixes = shown;
  }

  /// Finds the prefixes that have another name, or another meaning, with some instructions.
  static void rename(Encoding e, Instruction into, OpcodeRow row) {
    boolean f2 = e.has(P_F2);
    boolean f3 = e.has(P_F3);
    int renamed = Instruction.NONE;
    if (row.has(OpcodeRow.BOUND) && f2) {
      renamed = e.lastF2;
    } else if (row.has(OpcodeRow.REPEATS) && f3) {
      renamed = e.lastF3;
    } else if (into.memory && elides(e, row)) {
      renamed = f3 ? e.lastF3 : f2 ? e.lastF2 : renamed;
    } else if (into.memory
        && row.has(OpcodeRow.RELEASE_ELISION)
        && f3
        && e.lastRepeat == e.lastF3) {
      renamed = e.lastF3;
    }
    if (e.has(P_SEGMENT)) {
      int octet = e.code[e.lastSegment] & 0xff;
      if (row.has(OpcodeRow.NO_TRACK) && octet == 0x3e) {
        renamed = e.lastSegment;
      } else if (row.has(OpcodeRow.HINT) && e.hints != 0) {
        into.hint = e.hints;
        e.used |= P_SEGMENT;
      }
    }
    into.renamedPrefix = renamed < 0 ? renamed : renamed - e.start;
  }

  private static boolean elides(Encoding e, OpcodeRow row) {
    return row.has(OpcodeRow.EXCHANGE_ELISION)
        || (row.has(OpcodeRow.LOCK_ELISION) && e.has(P_LOCK));
  }
}
