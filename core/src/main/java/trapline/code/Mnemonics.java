package trapline.code;

import org.jspecify.annotations.Nullable;

/// How the size of an instruction shows in its mnemonic in AT&T syntax.
///
/// A mnemonic in the tables may end in one of these:
///
/// | rule | the suffix |
/// |---|---|
/// | `%` | b, w, l or q, after the width of the operand in memory; none when there is none |
/// | `~` | w, l or q, after the operand size |
/// | `^` | w when the operand size is 16 bits; `^%` the same, in memory only |
/// | `&` | w or q when the operand size is 16 or 64 bits |
/// | `@` | d or q, after REX.W |
/// | `$` | 64 when REX.W is set |
///
/// A `#` inside stands for the name of the comparison that the immediate operand selects.
final class Mnemonics {
  private static final String[] COMPARISONS = {
    "eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord",
    "eq_uq", "nge", "ngt", "false", "neq_oq", "ge", "gt", "true",
    "eq_os", "lt_oq", "le_oq", "unord_s", "neq_us", "nlt_uq", "nle_uq", "ord_s",
    "eq_us", "nge_uq", "ngt_uq", "false_os", "neq_os", "ge_oq", "gt_oq", "true_us",
  };
  private static final String[] INTEGER_COMPARISONS = {
    "eq", "lt", "le", "", "neq", "nlt", "nle", "",
  };
  private static final String[] XOP_COMPARISONS = {
    "lt", "le", "gt", "ge", "eq", "neq", "false", "true",
  };
  private static final String[] HALVES = {"lqlq", "hqlq", "lqhq", "hqhq"};

  private Mnemonics() {}

  static boolean isRule(char c) {
    return switch (c) {
      case '%', '~', '^', '&', '@', '$' -> true;
      default -> false;
    };
  }

  /// Marks the prefixes that the suffix depends on as used.
  static void use(Encoding e, Instruction in) {
    switch (in.row.rule) {
      case '~', '&' -> e.useOperandSize();
      case '^' -> e.useStackSize();
      case '@', '$' -> e.rexUsed |= Encoding.REX_W;
      default -> {}
    }
  }

  static String of(Instruction in) {
    OpcodeRow row = in.row;
    int size = in.operandSize;
    if (in.waits && row.has(OpcodeRow.WAITS)) {
      return row.withoutN();
    }
    return switch (row.rule) {
      case '%' -> in.memory ? sizedByMemory(in) : row.name;
      case '~' -> sized(row, size);
      case '^' -> size == 2 ? row.withSuffix(1, "w") : row.name;
      case '&' -> size == 4 ? row.name : sized(row, size);
      case '@' -> in.wide ? row.withSuffix(3, "q") : row.withSuffix(4, "d");
      case '$' -> in.wide ? row.withSuffix(5, "64") : row.name;
      case '#' -> predicated(in);
      default -> row.name;
    };
  }

  private static String sizedByMemory(Instruction in) {
    for (int i = 0; i < in.count; i++) {
      if (in.kinds[i] == OperandKind.MEMORY) {
        return sized(in.row, in.sizes[i]);
      }
    }
    return in.row.name;
  }

  /// The number of the comparison or selection that an immediate stands for in a mnemonic.
  ///
  /// @return -1 when it has no name, so that the immediate is printed
  static int predicate(OpcodeRow row, int immediate) {
    return switch (family(row)) {
      case 'c' -> immediate < 8 ? immediate : -1;
      case 'v' -> immediate < 32 ? immediate : -1;
      case 'p' -> immediate < 8 && (immediate & 3) != 3 ? immediate : -1;
      case 'x' -> immediate < 8 ? immediate : -1;
      default -> (immediate & ~0x11) == 0 ? (immediate & 1) | (immediate >> 3) : -1;
    };
  }

  private static char family(OpcodeRow row) {
    return switch (row.name.substring(0, row.name.indexOf('#'))) {
      case "cmp" -> 'c';
      case "vcmp" -> 'v';
      case "vpcmp" -> 'p';
      case "vpcom" -> 'x';
      default -> 'm';
    };
  }

  private static String predicated(Instruction in) {
    OpcodeRow row = in.row;
    int number = in.predicate;
    @Nullable String[] names = row.names;
    if (names.length < 33) {
      names = new String[33];
      row.names = names;
    }
    String made = names[number + 1];
    if (made == null) {
      String word =
          number < 0
              ? family(row) == 'm' ? "q" : ""
              : switch (family(row)) {
                case 'c', 'v' -> COMPARISONS[number];
                case 'p' -> INTEGER_COMPARISONS[number];
                case 'x' -> XOP_COMPARISONS[number];
                default -> HALVES[number];
              };
      made = row.name.replace("#", word);
      names[number + 1] = made;
    }
    return made;
  }

  private static String sized(OpcodeRow row, int size) {
    return switch (size) {
      case 1 -> row.withSuffix(0, "b");
      case 2 -> row.withSuffix(1, "w");
      case 4 -> row.withSuffix(2, "l");
      case 8 -> row.withSuffix(3, "q");
      default -> row.name;
    };
  }
}
