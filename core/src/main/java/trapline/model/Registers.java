package trapline.model;

/// The general registers of an x86-64 thread, as the kernel's `struct user_regs_struct` has them
/// (`arch/x86/include/asm/user_64.h`). Immutable.
public final class Registers {
  /// How many eight-byte slots `user_regs_struct` has.
  public static final int SLOTS = 27;

  private static final String[] NAMES = {
    "r15",
    "r14",
    "r13",
    "r12",
    "rbp",
    "rbx",
    "r11",
    "r10",
    "r9",
    "r8",
    "rax",
    "rcx",
    "rdx",
    "rsi",
    "rdi",
    "orig_rax",
    "rip",
    "cs",
    "eflags",
    "rsp",
    "ss",
    "fs_base",
    "gs_base",
    "ds",
    "es",
    "fs",
    "gs"
  };

  /// Slot of each DWARF register number 0 to 16 (System V psABI AMD64, figure 3.36).
  private static final int[] DWARF = {10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16};

  /// How many registers DWARF numbers here: rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15, and
  /// the return address.
  public static final int DWARF_COUNT = 17;

  private final long[] slots;

  /// @param slots in the order of `user_regs_struct`; exactly [#SLOTS] of them
  public Registers(long[] slots) {
    if (slots.length != SLOTS) {
      throw new IllegalArgumentException("needs " + SLOTS + " slots, not " + slots.length);
    }
    this.slots = slots.clone();
  }

  public long slot(int index) {
    return slots[index];
  }

  public static String slotName(int index) {
    return NAMES[index];
  }

  /// The register of that DWARF number, from 0 to 16.
  public long dwarf(int number) {
    return slots[DWARF[number]];
  }

  /// A copy with one DWARF register changed.
  public Registers withDwarf(int number, long value) {
    long[] changed = slots.clone();
    changed[DWARF[number]] = value;
    return new Registers(changed);
  }

  public long rip() {
    return slots[16];
  }

  public long rsp() {
    return slots[19];
  }

  public long rax() {
    return slots[10];
  }

  /// The call number at a system call stop, or -1 when the thread is not in one.
  public long origRax() {
    return slots[15];
  }

  public long fsBase() {
    return slots[21];
  }

  public long gsBase() {
    return slots[22];
  }

  public long eflags() {
    return slots[18];
  }

  public long cs() {
    return slots[17];
  }

  /// The argument registers of a system call: rdi, rsi, rdx, r10, r8, r9.
  ///
  /// @param index from 0 to 5
  public long argument(int index) {
    return switch (index) {
      case 0 -> slots[14];
      case 1 -> slots[13];
      case 2 -> slots[12];
      case 3 -> slots[7];
      case 4 -> slots[9];
      case 5 -> slots[8];
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  /// An argument of a system call made through `abi`: for [Abi#I386] the low halves of rbx, rcx,
  /// rdx, rsi, rdi, rbp.
  ///
  /// @param index from 0 to 5
  public long argument(Abi abi, int index) {
    if (abi != Abi.I386) {
      return argument(index);
    }
    long register =
        switch (index) {
          case 0 -> slots[5];
          case 1 -> slots[11];
          case 2 -> slots[12];
          case 3 -> slots[13];
          case 4 -> slots[14];
          case 5 -> slots[4];
          default -> throw new IndexOutOfBoundsException(index);
        };
    return register & 0xffff_ffffL;
  }

  /// A copy of all slots.
  public long[] toArray() {
    return slots.clone();
  }
}
