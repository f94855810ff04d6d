package trapline.code;

import java.util.List;

/// Turns the columns of one table line into an [OpcodeRow].
final class RowParser {
  private static final String[] REGISTERS = {
    "ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "8", "9", "10", "11"
  };

  private boolean needsModrm;
  private int allowed = -1;
  private int flags;
  private int written;
  private Flow flow = Flow.NEXT;

  void regOnly(int reg) {
    restrict(OpcodeRow.REG, 8, 1 << reg);
    needsModrm = true;
  }

  void modrmOnly(int modrm) {
    regOnly((modrm >> 3) & 7);
    restrict(OpcodeRow.RM, 8, 1 << (modrm & 7));
    allowed &= ~OpcodeRow.MEMORY;
  }

  /// Whether the row that was parsed can only hold where a ModRM byte follows.
  boolean needsModrm() {
    return needsModrm;
  }

  OpcodeRow parse(List<String> columns) {
    if (columns.size() > 4) {
      effects(columns.get(4));
    }
    String conditions = columns.get(1);
    if (!conditions.equals("-")) {
      conditions(conditions);
    }
    int[] operands = new int[0];
    if (columns.size() > 3 && !columns.get(3).equals("-")) {
      operands = operands(columns.get(3));
    }
    String name = columns.get(2);
    char rule = 0;
    char end = name.charAt(name.length() - 1);
    if (Mnemonics.isRule(end)) {
      rule = end;
      name = name.substring(0, name.length() - 1);
    } else if (name.indexOf('#') >= 0) {
      rule = '#';
    }
    for (int code : operands) {
      needsModrm |= OperandCode.needsModrm(code);
      switch ((char) (code & 0xff)) {
        case OperandCode.ROUNDING, OperandCode.SUPPRESS -> flags |= OpcodeRow.ROUNDS;
        case 'L' -> flags |= OpcodeRow.REGISTER_BYTE;
        default -> {}
      }
    }
    return new OpcodeRow(name.replace('_', ' '), rule, ~allowed, flags, flow, written, operands);
  }

  private static int[] operands(String text) {
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == ',') {
        count++;
      }
    }
    int[] codes = new int[count];
    int from = 0;
    for (int i = 0; i < count; i++) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      codes[i] = OperandCode.parse(text.substring(from, to));
      from = to + 1;
    }
    return codes;
  }

  private void restrict(int shift, int bits, int set) {
    int group = ((1 << bits) - 1) << shift;
    allowed &= ~group | (set << shift);
  }

  private void conditions(String text) {
    int prefixes = 0;
    int widths = 0;
    int lengths = 0;
    int from = 0;
    while (from < text.length()) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      String word = text.substring(from, to);
      from = to + 1;
      switch (word) {
        case "np" -> prefixes |= 1;
        case "66" -> prefixes |= 2;
        case "f3" -> prefixes |= 4;
        case "f2" -> prefixes |= 8;
        case "mem" -> modrmKind(OpcodeRow.DIRECT);
        case "reg" -> modrmKind(OpcodeRow.MEMORY);
        case "w0" -> widths |= 1;
        case "w1" -> widths |= 2;
        case "l0" -> lengths |= 1;
        case "l1" -> lengths |= 2;
        case "l2" -> lengths |= 4;
        case "l3" -> lengths |= 8;
        case "o16" -> operandSize(1);
        case "o32" -> operandSize(2);
        case "o64" -> operandSize(4);
        case "b0" -> restrict(OpcodeRow.EXTENDED, 2, 1);
        case "b1" -> {
          restrict(OpcodeRow.EXTENDED, 2, 2);
          flags |= OpcodeRow.USES_EXTENDED;
        }
        case "a32?" -> restrict(OpcodeRow.ADDRESS32, 2, 2);
        case "a64", "a32" -> {
          restrict(OpcodeRow.ADDRESS32, 2, word.equals("a64") ? 1 : 2);
          flags |= OpcodeRow.USES_ADDRESS_SIZE;
        }
        default -> throw new IllegalArgumentException("condition " + word);
      }
    }
    if (prefixes != 0) {
      restrict(OpcodeRow.PREFIX, 4, prefixes);
      flags |= OpcodeRow.USES_PREFIX;
    }
    if (widths != 0) {
      restrict(OpcodeRow.WIDE, 2, widths);
      flags |= OpcodeRow.USES_WIDE;
    }
    if (lengths != 0) {
      restrict(OpcodeRow.LENGTH, 4, lengths);
    }
  }

  private void modrmKind(int not) {
    allowed &= ~not;
    needsModrm = true;
  }

  private void operandSize(int set) {
    restrict(OpcodeRow.LENGTH, 4, set);
    flags |= OpcodeRow.USES_OPERAND_SIZE;
  }

  private void effects(String text) {
    int from = 0;
    while (from < text.length()) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      String word = text.substring(from, to);
      from = to + 1;
      switch (word) {
        case "call" -> flow = Flow.CALL;
        case "icall" -> flow = Flow.INDIRECT_CALL;
        case "jump" -> flow = Flow.JUMP;
        case "ijump" -> flow = Flow.INDIRECT_JUMP;
        case "cond" -> flow = Flow.CONDITIONAL_JUMP;
        case "ret" -> flow = Flow.RETURN;
        case "sys" -> flow = Flow.SYSCALL;
        case "int" -> flow = Flow.INTERRUPT;
        case "halt" -> flow = Flow.HALT;
        case "rep" -> flags |= OpcodeRow.REPEATS;
        case "inorder" -> flags |= OpcodeRow.IN_ORDER;
        case "bnd" -> flags |= OpcodeRow.BOUND;
        case "notrack" -> flags |= OpcodeRow.NO_TRACK;
        case "hint" -> flags |= OpcodeRow.HINT;
        case "hle" -> flags |= OpcodeRow.LOCK_ELISION;
        case "hle3" -> flags |= OpcodeRow.RELEASE_ELISION;
        case "hlex" -> flags |= OpcodeRow.EXCHANGE_ELISION;
        case "anymod" -> flags |= OpcodeRow.ANY_MOD;
        case "bad" -> flow = Flow.BAD;
        case "bad1" -> {
          flow = Flow.BAD;
          flags |= OpcodeRow.ONE_BYTE;
        }
        case "wait" -> flags |= OpcodeRow.WAITS;
        case "evex" -> flags |= OpcodeRow.SAYS_EVEX;
        default -> written |= register(word);
      }
    }
  }

  private static int register(String word) {
    for (int i = 0; i < REGISTERS.length; i++) {
      if (REGISTERS[i].equals(word)) {
        return 1 << i;
      }
    }
    throw new IllegalArgumentException("effect " + word);
  }
}
