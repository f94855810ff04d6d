package trapline.code;

/// How one operand is encoded: a letter that says where it is found and a letter that says how
/// wide it is, after the notation of the Intel SDM's opcode maps (volume 2, appendix A.2),
/// packed into an `int`: location in bits 0 to 7, width in bits 8 to 15, flags above.
final class OperandCode {
  static final int READ = 1 << 16;
  static final int WRITTEN = 1 << 17;

  /// Printed with `*` in front: the target of an indirect branch.
  static final int INDIRECT = 1 << 18;

  /// Printed in parentheses: a port number in `dx`.
  static final int PORT = 1 << 19;

  /// Where the third letter is.
  static final int THIRD = 20;

  // Locations that are words in the tables, not letters.
  static final char FIXED_GENERAL = 1; // width: the register; al, cl, eax...
  static final char ACCUMULATOR = 2; // rax at the width
  static final char X87_TOP = 3;
  static final char X87_INDEXED = 4;
  static final char FIXED_SEGMENT = 5; // width: the register
  static final char FIXED_VECTOR = 6; // xmm0
  static final char ONE = 7;
  static final char ROUNDING = 8; // {rn-sae}
  static final char SUPPRESS = 9; // {sae}
  static final char TRANSLATION = 10; // the table at rbx

  // Registers for FIXED_GENERAL: number + 16 * log2(size).
  private static final String[] WORDS = {
    "al", "cl", "dx", "ax", "eax", "ecx", "edx", "ebx",
  };
  private static final char[] WORD_CODES = {
    0, 1, 2 + 16, 0 + 16, 0 + 32, 1 + 32, 2 + 32, 3 + 32,
  };

  private OperandCode() {}

  /// Whether an operand encoded so takes a ModRM byte.
  static boolean needsModrm(int code) {
    return switch ((char) (code & 0xff)) {
      case 'E', 'G', 'M', 'R', 'V', 'W', 'U', 'P', 'Q', 'N', 'S', 'C', 'D', 'T', 'A' -> true;
      case X87_INDEXED -> true;
      default -> false;
    };
  }

  /// @throws IllegalArgumentException when the tables hold a word that means nothing
  static int parse(String text) {
    int flags = READ;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '=') {
        flags = (flags & ~READ) | WRITTEN;
      } else if (c == '!') {
        flags |= WRITTEN;
      } else if (c == '*') {
        flags |= INDIRECT;
      } else {
        break;
      }
      at++;
    }
    String word = at == 0 ? text : text.substring(at);
    if (word.charAt(0) < 'a' && word.charAt(0) >= 'A') {
      int third = word.length() > 2 ? word.charAt(2) << THIRD : 0;
      return flags | word.charAt(0) | (word.charAt(1) << 8) | third;
    }
    if (word.endsWith("()")) {
      flags |= PORT;
      word = word.substring(0, word.length() - 2);
    }
    if (word.endsWith("AX")) {
      char width = word.charAt(0);
      return flags | ACCUMULATOR | ((width == 'r' ? 'v' : width) << 8);
    }
    for (int i = 0; i < WORDS.length; i++) {
      if (WORDS[i].equals(word)) {
        return flags | FIXED_GENERAL | (WORD_CODES[i] << 8);
      }
    }
    return switch (word) {
      case "st" -> flags | X87_TOP;
      case "fi" -> flags | X87_INDEXED;
      case "fs" -> flags | FIXED_SEGMENT | (4 << 8);
      case "gs" -> flags | FIXED_SEGMENT | (5 << 8);
      case "xmm0" -> flags | FIXED_VECTOR;
      case "table" -> flags | TRANSLATION;
      case "1" -> flags | ONE;
      case "er" -> flags | ROUNDING;
      case "sae" -> flags | SUPPRESS;
      default -> throw new IllegalArgumentException("operand " + text);
    };
  }
}
