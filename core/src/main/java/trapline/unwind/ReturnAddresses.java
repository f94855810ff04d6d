package trapline.unwind;

import trapline.bytes.LittleEndian;

/// Tells whether a word found on a stack can be a return address: the bytes before it must be a
/// call instruction in code that can be read.
final class ReturnAddresses {
  private static final int LONGEST_CALL = 7;

  private final PageCache memory;

  ReturnAddresses(PageCache memory) {
    this.memory = memory;
  }

  /// Whether a call instruction ends at `address`.
  private boolean follows(long address) {
    byte[] code = memory.readExactly(address - LONGEST_CALL, LONGEST_CALL);
    if (code == null) {
      return false;
    }
    if (code[LONGEST_CALL - 5] == (byte) 0xe8) {
      return true;
    }
    for (int length = 2; length <= LONGEST_CALL; length++) {
      int start = LONGEST_CALL - length;
      if (code[start] == (byte) 0xff && isIndirectCall(code, start + 1, length - 1)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a function can return to `address`: to behind the call, or a signal handler to the
  /// code that ends it.
  boolean plausible(long address) {
    return follows(address) || SignalTrampoline.isAt(address, false, memory);
  }

  /// The target of the call that ends at `address`, when the instruction alone tells it or names
  /// the memory where it is now.
  ///
  /// @return 0 when it does not
  long target(long address) {
    byte[] code = memory.readExactly(address - 6, 6);
    if (code == null) {
      return 0;
    }
    if (code[1] == (byte) 0xe8) {
      return address + distance(code);
    }
    if (code[0] == (byte) 0xff && code[1] == 0x15) { // call *distance(%rip)
      Long target = memory.word(address + distance(code));
      return target == null ? 0 : target;
    }
    return 0;
  }

  private static int distance(byte[] code) {
    return (int) LittleEndian.number(code, 2, 4);
  }

  /// Whether the bytes after an opcode `ff` are the operand of a near indirect call, `/2`.
  private static boolean isIndirectCall(byte[] code, int at, int length) {
    int modRm = code[at] & 0xff;
    if (((modRm >> 3) & 7) != 2) {
      return false;
    }
    int mod = modRm >> 6;
    int rm = modRm & 7;
    if (mod == 3) {
      return length == 1;
    }
    boolean sib = rm == 4;
    int expected = 1 + (sib ? 1 : 0);
    if (mod == 1) {
      expected += 1;
    } else if (mod == 2 || rm == 5) {
      expected += 4;
    } else if (sib && length > 1 && (code[at + 1] & 7) == 5) {
      expected += 4;
    }
    return length == expected;
  }
}
