package trapline.linux.ptrace;

import trapline.linux.sys.Numbers;

/// A seccomp filter, which is a classic BPF program over a `struct seccomp_data` (seccomp(2)).
///
/// The kernel has checked it: it reads only within that structure and its own scratch memory, and
/// jumps only forward. What it could not have accepted gives [#UNKNOWN] here.
final class SeccompFilter {
  /// Not an action that a filter of a kernel could have returned.
  static final long UNKNOWN = -1;

  private static final int SCRATCH = 16;

  /// `struct seccomp_data`: number, architecture, instruction pointer, arguments.
  private static final int DATA_WORDS = 16;

  // Instruction classes, sizes, modes and operations (linux/bpf_common.h).
  private static final int LD = 0;
  private static final int LDX = 1;
  private static final int ST = 2;
  private static final int STX = 3;
  private static final int ALU = 4;
  private static final int JMP = 5;
  private static final int RET = 6;
  private static final int MISC = 7;
  private static final int CLASS = 7;
  private static final int MODE = 0xe0;
  private static final int IMM = 0;
  private static final int ABS = 0x20;
  private static final int MEM = 0x60;
  private static final int LEN = 0x80;
  private static final int OPERATION = 0xf0;
  private static final int X = 8;
  private static final int RESULT = 0x18;
  private static final int A = 0x10;
  private static final int TXA = 0x80;

  private final long[] code;

  /// @param code each a `struct sock_filter`: 16 bits of code, 8 of each jump, 32 of a constant
  SeccompFilter(long[] code) {
    this.code = code.clone();
  }

  /// The words of `struct seccomp_data`.
  static int[] data(int number, int architecture, long instruction, long[] arguments) {
    int[] words = new int[DATA_WORDS];
    words[0] = number;
    words[1] = architecture;
    words[2] = (int) instruction;
    words[3] = (int) (instruction >>> 32);
    for (int i = 0; i < arguments.length; i++) {
      words[4 + 2 * i] = (int) arguments[i];
      words[5 + 2 * i] = (int) (arguments[i] >>> 32);
    }
    return words;
  }

  /// What the filter says of a call: 32 bits of action and data, or [#UNKNOWN].
  long run(int[] data) {
    int a = 0;
    int x = 0;
    int[] memory = new int[SCRATCH];
    int at = 0;
    while (at >= 0 && at < code.length) {
      int operation = (int) (code[at] & 0xffff);
      int jumpTrue = (int) (code[at] >>> 16 & 0xff);
      int jumpFalse = (int) (code[at] >>> 24 & 0xff);
      int constant = (int) (code[at] >>> 32);
      at++;
      switch (operation & CLASS) {
        case LD, LDX -> {
          int loaded;
          switch (operation & MODE) {
            case IMM -> loaded = constant;
            case ABS -> {
              if ((constant & 3) != 0 || constant < 0 || constant / 4 >= DATA_WORDS) {
                return UNKNOWN;
              }
              loaded = data[constant / 4];
            }
            case MEM -> {
              if (constant < 0 || constant >= SCRATCH) {
                return UNKNOWN;
              }
              loaded = memory[constant];
            }
            case LEN -> loaded = DATA_WORDS * 4;
            default -> {
              return UNKNOWN;
            }
          }
          if ((operation & CLASS) == LD) {
            a = loaded;
          } else {
            x = loaded;
          }
        }
        case ST, STX -> {
          if (constant < 0 || constant >= SCRATCH) {
            return UNKNOWN;
          }
          memory[constant] = (operation & CLASS) == ST ? a : x;
        }
        case ALU -> a = calculate(operation & OPERATION, a, (operation & X) != 0 ? x : constant);
        case JMP -> {
          int other = (operation & X) != 0 ? x : constant;
          switch (operation & OPERATION) {
            case 0 -> at += constant; // further than the code: the loop ends
            case 0x10 -> at += a == other ? jumpTrue : jumpFalse;
            case 0x20 -> at += Integer.compareUnsigned(a, other) > 0 ? jumpTrue : jumpFalse;
            case 0x30 -> at += Integer.compareUnsigned(a, other) >= 0 ? jumpTrue : jumpFalse;
            case 0x40 -> at += (a & other) != 0 ? jumpTrue : jumpFalse;
            default -> {
              return UNKNOWN;
            }
          }
          if (constant < 0 && (operation & OPERATION) == 0) {
            return UNKNOWN;
          }
        }
        case RET -> {
          return ((operation & RESULT) == A ? a : constant) & 0xffff_ffffL;
        }
        case MISC -> {
          if ((operation & OPERATION) == TXA) {
            a = x;
          } else {
            x = a;
          }
        }
        default -> {
          return UNKNOWN;
        }
      }
    }
    return UNKNOWN;
  }

  private static int calculate(int operation, int a, int other) {
    return switch (operation) {
      case 0 -> a + other;
      case 0x10 -> a - other;
      case 0x20 -> a * other;
      case 0x30 -> other == 0 ? 0 : Integer.divideUnsigned(a, other);
      case 0x40 -> a | other;
      case 0x50 -> a & other;
      case 0x60 -> a << other;
      case 0x70 -> a >>> other;
      case 0x80 -> -a;
      case 0x90 -> other == 0 ? 0 : Integer.remainderUnsigned(a, other);
      case 0xa0 -> a ^ other;
      default -> 0;
    };
  }

  /// The action of a value, without its data: as signed numbers, the smaller one goes before.
  static int action(long value) {
    return (int) value & Numbers.SECCOMP_RET_ACTION_FULL;
  }
}
