package trapline.elf;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// Recognises one procedure linkage stub by its instruction bytes, as GNU ld, gold, lld and mold
/// write them.
final class PltDecoder {
  /// Longest stub: lld's with return trampolines.
  static final int MAX_SIZE = 32;

  private static final long ENDBR64 = 0xfa1e0ff3L;

  private PltDecoder() {}

  /// What a run of instructions does.
  ///
  /// @param end offset behind its last instruction
  /// @param slot address of the slot that it jumps through; 0 for [PltStub.Kind#RESOLVE]
  /// @param index the relocation's index that it pushes; -1 when it pushes none
  record Shape(PltStub.Kind kind, long end, long slot, long index) {}

  /// @param at offset of the first instruction in `code`
  /// @param address the address of that instruction
  /// @return `null` when there is no stub
  static @Nullable Shape decode(Bytes code, long at, long address) {
    long p = at;
    if (is(code, p, 4, ENDBR64)) {
      p += 4;
    }
    if (is(code, p, 2, 0x5341) && is(code, p + 2, 2, 0x35ff)) {
      // mold's header: push %r11; push link_map(%rip); jmp *resolver(%rip)
      p += 2;
    }
    if (is(code, p, 2, 0x35ff)) {
      long jump = p + 6;
      jump += is(code, jump, 1, 0xf2) ? 1 : 0;
      if (is(code, jump, 2, 0x25ff) && fits(code, jump, 6)) {
        return new Shape(PltStub.Kind.HEADER, jump + 6, target(code, jump, at, address), -1);
      }
      return null;
    }
    long index = -1;
    if (is(code, p, 2, 0xbb41) && fits(code, p, 6)) {
      // mold: mov $index,%r11d
      index = code.u32(p + 2);
      p += 6;
    }
    if (is(code, p, 3, 0x1d8b4c) && fits(code, p, 7)) {
      // lld with return trampolines: mov slot(%rip),%r11; call or jmp to the trampoline
      return new Shape(PltStub.Kind.DIRECT, p + 7, target(code, p + 1, at, address), index);
    }
    if (is(code, p, 1, 0x68)) {
      return resolve(code, p, 0, PltStub.Kind.RESOLVE);
    }
    p += is(code, p, 1, 0xf2) ? 1 : 0;
    if (!is(code, p, 2, 0x25ff) || !fits(code, p, 6)) {
      return null;
    }
    long slot = target(code, p, at, address);
    Shape lazy = resolve(code, p + 6, slot, PltStub.Kind.LAZY);
    if (lazy != null) {
      return lazy;
    }
    return new Shape(index < 0 ? PltStub.Kind.DIRECT : PltStub.Kind.LAZY, p + 6, slot, index);
  }

  /// `push $index; jmp header`
  private static @Nullable Shape resolve(Bytes code, long p, long slot, PltStub.Kind kind) {
    if (!is(code, p, 1, 0x68) || !fits(code, p, 5)) {
      return null;
    }
    long jump = p + 5;
    jump += is(code, jump, 1, 0xf2) ? 1 : 0;
    if (!is(code, jump, 1, 0xe9) || !fits(code, jump, 5)) {
      return null;
    }
    return new Shape(kind, jump + 5, slot, code.u32(p + 1));
  }

  /// The operand's address of a six-byte `ff /n disp32(%rip)` instruction.
  private static long target(Bytes code, long instruction, long at, long address) {
    return address + (instruction - at) + 6 + code.i32(instruction + 2);
  }

  private static boolean is(Bytes code, long at, int length, long value) {
    if (!fits(code, at, length)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (code.u8(at + i) != (value >>> (8 * i) & 0xff)) {
        return false;
      }
    }
    return true;
  }

  private static boolean fits(Bytes code, long at, int length) {
    return at + length <= code.size();
  }
}
