package trapline.code;

import org.jspecify.annotations.Nullable;

/// One line of an opcode table: under which conditions it holds, and what it means.
final class OpcodeRow {
  // Conditions: one bit for each possible value of each property of an encoding. Exactly one bit
  // of each group is set in the state of the instruction at hand.
  static final int REG = 0; // 8 bits: ModRM.reg
  static final int RM = 8; // 8 bits: ModRM.rm
  static final int MEMORY = 1 << 16; // ModRM.mod is not 3
  static final int DIRECT = 1 << 17; // ModRM.mod is 3
  static final int PREFIX = 18; // 4 bits: mandatory prefix, none 66 F3 F2
  static final int ANY_PREFIX = 0xf << PREFIX;
  static final int WIDE = 22; // 2 bits: REX.W, VEX.W
  static final int LENGTH = 24; // 4 bits: VEX.L, or the operand size 16 32 64
  static final int EXTENDED = 28; // 2 bits: REX.B; EVEX.b
  static final int ADDRESS32 = 30; // 2 bits: address size prefix

  // Flags.
  static final int USES_PREFIX = 1;
  static final int USES_WIDE = 1 << 1;
  static final int USES_OPERAND_SIZE = 1 << 2;
  static final int USES_EXTENDED = 1 << 3;
  static final int USES_ADDRESS_SIZE = 1 << 4;
  static final int REPEATS = 1 << 5;
  static final int IN_ORDER = 1 << 6;
  static final int LOCK_ELISION = 1 << 7;
  static final int RELEASE_ELISION = 1 << 8;
  static final int EXCHANGE_ELISION = 1 << 9;
  static final int BOUND = 1 << 10;
  static final int NO_TRACK = 1 << 11;
  static final int HINT = 1 << 12;
  static final int WAITS = 1 << 13;

  /// Takes ModRM.rm as a register whatever ModRM.mod is.
  static final int ANY_MOD = 1 << 17;

  /// Bad, and only one byte after the prefixes is passed over.
  static final int ONE_BYTE = 1 << 18;

  /// Printed with `{evex}` where VEX would do.
  static final int SAYS_EVEX = 1 << 16;

  /// Has an operand that states the rounding.
  static final int ROUNDS = 1 << 14;

  /// Ends in a byte whose upper half is a register.
  static final int REGISTER_BYTE = 1 << 15;

  /// All flags that change the name of a prefix.
  static final int RENAMES =
      REPEATS | LOCK_ELISION | RELEASE_ELISION | EXCHANGE_ELISION | BOUND | NO_TRACK | HINT;

  final String name;

  /// How the size shows in the mnemonic: one of [Mnemonics]' rules, or 0.
  final char rule;

  /// The bits of the state that must not be set.
  final int excluded;

  final int flags;
  final Flow flow;

  /// General registers written besides the operands.
  final int written;

  /// Operands in the order of the Intel manuals, see [OperandCode].
  final int[] operands;

  /// The next row of the same opcode.
  @Nullable OpcodeRow next;

  /// Names that were made from this one, kept so that asking again allocates nothing.
  @Nullable String[] names = new String[6];

  OpcodeRow(
      String name, char rule, int excluded, int flags, Flow flow, int written, int[] operands) {
    this.name = name;
    this.rule = rule;
    this.excluded = excluded;
    this.flags = flags;
    this.flow = flow;
    this.written = written;
    this.operands = operands;
  }

  /// A row without operands that holds always.
  static OpcodeRow named(String name, Flow flow) {
    return new OpcodeRow(name, (char) 0, 0, 0, flow, 0, new int[0]);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /// The mnemonic with a suffix.
  ///
  /// @param number a small number that stands for the suffix
  String withSuffix(int number, String suffix) {
    String made = names[number];
    if (made == null) {
      made = name.concat(suffix);
      names[number] = made;
    }
    return made;
  }

  /// The name of an x87 instruction that waits: `fstcw` for `fnstcw`.
  String withoutN() {
    String made = names[0];
    if (made == null) {
      made = "f".concat(name.substring(2));
      names[0] = made;
    }
    return made;
  }
}
