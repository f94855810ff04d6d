package trapline.linux.vm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides inside a guest which calls it is stopped at: stopping at each costs a millisecond.
///
/// The kernel's entry code calls `do_syscall_64`. That one call is redirected to a few instructions
/// that look the system call up in tables, and go on to `do_syscall_64` with the same stack and
/// arguments, over a breakpoint when the system call is wanted. They are in the padding before the
/// entry code's page (`ALIGN_ENTRY_TEXT_BEGIN`), so that nothing of the kernel is overwritten but
/// the call's target.
final class CallFilter {
  /// Calls with these numbers make threads and programs: clone, fork, vfork, execve, execveat,
  /// clone3.
  private static final List<Integer> TREE = List.of(56, 57, 58, 59, 322, 435);

  private static final int NUMBERS = 512;
  private static final int TABLE = 0x1000;
  private static final int PATTERNS = TABLE + 4 * NUMBERS;
  private static final int PATTERN = 32;
  private static final int ROOM = 0x10000;
  private static final int LARGE_PAGE = 2 << 20;
  private static final int PADDING = 0xcc;
  private static final int SEARCHED = 0x200;
  private static final int ALWAYS = 1;
  private static final int ANYWHERE = -1;
  private static final int LAST = -2;

  /// `mov %rsp,%rdi; movslq %eax,%rsi`: the saved registers and the number are the arguments in
  /// this order since Linux 5.14.
  private static final byte[] ARGUMENTS = HexFormat.of().parseHex("4889e74863f0");

  private static final byte CALL = (byte) 0xe8;

  // esi is the number, rdi the saved registers (struct pt_regs); rax, rcx and rdx are free here.
  //
  //         cmp  $512,%esi                 pattern: mov  (%rdx),%eax         place in its page
  //         jae  hit                                cmp  $-2,%eax; je pass
  //         mov  %esi,%eax                          cmp  $-1,%eax; je args
  //         mov  TABLE(,%rax,4),%eax                mov  ip(%rdi),%ecx
  //         test %eax,%eax; je pass                 and  $0xfff,%ecx
  //         cmp  $1,%eax; je hit                    cmp  %eax,%ecx; jne next
  //         movslq %eax,%rdx               args:    mov  4(%rdx),%eax        which are compared
  //                                                 and for each argument:
  // next:   add  $32,%rdx                           test $BIT,%al; je BEHIND
  //         jmp  pattern                            mov  ARGUMENT(%rdi),%ecx
  // hit:    nop                                     cmp  VALUE(%rdx),%ecx; jne next
  // pass:   jmp  do_syscall_64
  private static final byte[] CODE =
      HexFormat.of()
          .parseHex(
              "81fe000200000f838200000089f08b04850000000085c0747683f80174704863"
                  + "d08b0283f8fe746783f8ff74108b8f8000000081e1ff0f000039c1754b8b4204"
                  + "a80174088b4f703b4a08753ca80274088b4f683b4a0c7530a80474088b4f603b"
                  + "4a107524a80874088b4f383b4a147518a81074088b4f483b4a18750ca820740e"
                  + "8b4f403b4a1c74064883c220eb9390e900000000");

  private static final int ALL = 6; // where `jae hit` stands
  private static final int TABLE_AT = 0x11;
  private static final int HIT = 0x8e;
  private static final int TARGET_AT = 0x90;

  private final GdbRemote gdb;
  private final long base;
  private final long target;
  private boolean isOpen;

  private CallFilter(GdbRemote gdb, long base, long target) {
    this.gdb = gdb;
    this.base = base;
    this.target = target;
  }

  /// Writes a filter into a guest that is stopped in its kernel.
  ///
  /// @return `null` when this kernel's code is not as it must be: then every call is stopped at
  static @Nullable CallFilter install(GdbRemote gdb, EntryPoints entries, List<CallPattern> wanted)
      throws IOException {
    List<CallPattern> patterns = new ArrayList<>(wanted);
    patterns.add(SyscallScript.report()); // tells that the program has ended
    long gate = entries.gate();
    long target = entries.syscall();
    int room = PATTERNS + PATTERN * (patterns.size() + NUMBERS);
    if (gate == 0 || target == 0 || room > ROOM) {
      return null;
    }
    byte[] entry = gdb.memory(gate, SEARCHED);
    int call = call(entry, gate, target);
    if (call < 0) {
      return null;
    }
    long base = (gate & -LARGE_PAGE) - ROOM;
    if (!isPadding(gdb, base, room)) {
      return null;
    }
    CallFilter filter = new CallFilter(gdb, base, target);
    gdb.write(base, filter.code());
    gdb.write(base + TABLE, filter.tables(patterns));
    ByteBuffer relative = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    relative.putInt((int) (base - (gate + call + 5)));
    gdb.write(gate + call + 1, relative.array());
    return filter;
  }

  /// Where in the entry code the one call of the target stands; -1 when that is not so.
  static int call(byte[] entry, long address, long target) {
    ByteBuffer code = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);
    int found = -1;
    int order = -1;
    for (int i = 0; i + 5 <= entry.length; i++) {
      if (i + ARGUMENTS.length <= entry.length
          && Arrays.equals(entry, i, i + ARGUMENTS.length, ARGUMENTS, 0, ARGUMENTS.length)) {
        order = order < 0 ? i : order;
      }
      if (entry[i] == CALL && address + i + 5 + code.getInt(i + 1) == target) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return order >= 0 && order < found ? found : -1;
  }

  private static boolean isPadding(GdbRemote gdb, long base, int size) throws IOException {
    for (int at = 0; at < size; at += 1024) {
      byte[] bytes = gdb.memory(base + at, 1024);
      if (bytes.length == 0) {
        return false;
      }
      for (byte each : bytes) {
        if ((each & 0xff) != PADDING) {
          return false;
        }
      }
    }
    return true;
  }

  private byte[] code() {
    ByteBuffer code = ByteBuffer.wrap(CODE.clone()).order(ByteOrder.LITTLE_ENDIAN);
    code.putInt(TABLE_AT, (int) (base + TABLE));
    code.putInt(TARGET_AT, (int) (target - (base + TARGET_AT + 4)));
    return code.array();
  }

  private byte[] tables(List<CallPattern> patterns) {
    Map<Integer, List<CallPattern>> byNumber = new HashMap<>();
    for (CallPattern each : patterns) {
      byNumber.computeIfAbsent(each.number(), number -> new ArrayList<>()).add(each);
    }
    ByteBuffer out =
        ByteBuffer.allocate(PATTERNS - TABLE + PATTERN * (patterns.size() + byNumber.size()))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.position(PATTERNS - TABLE);
    for (Map.Entry<Integer, List<CallPattern>> each : byNumber.entrySet()) {
      if (each.getKey() < 0 || each.getKey() >= NUMBERS) {
        continue; // these are stopped at in any case
      }
      out.putInt(4 * each.getKey(), (int) (base + TABLE + out.position()));
      for (CallPattern pattern : each.getValue()) {
        out.putInt(pattern.offset() < 0 ? ANYWHERE : pattern.offset()).putInt(pattern.compared());
        pattern.values().forEach(out::putInt);
      }
      out.putInt(LAST).position(out.position() + PATTERN - 4);
    }
    for (int each : TREE) {
      out.putInt(4 * each, ALWAYS);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /// Where a wanted call stops; nothing but a `nop` stands there.
  long stop() {
    return base + HIT;
  }

  /// Where it goes on.
  long target() {
    return target;
  }

  /// Stops at every call, or no longer.
  void open(boolean every) throws IOException {
    if (isOpen != every) {
      isOpen = every;
      // `nop; jmp hit` for `jae hit`
      gdb.write(
          base + ALL,
          every ? new byte[] {(byte) 0x90, (byte) 0xe9} : new byte[] {0x0f, (byte) 0x83});
    }
  }

  boolean isOpen() {
    return isOpen;
  }
}
