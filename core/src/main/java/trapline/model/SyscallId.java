package trapline.model;

/// A system call's number in one ABI.
///
/// @param number as the ABI's table has it: x32's without bit 30
public record SyscallId(Abi abi, long number) {
  /// Set in the numbers that programs pass for x32 calls (`__X32_SYSCALL_BIT` in `asm/unistd.h`).
  public static final long X32_BIT = 0x4000_0000L;

  /// The call that a program means by a number, made by the `syscall` instruction: of x32 when it
  /// has bit 30. The kernel takes the lower half of the register, as a signed number
  /// (`do_syscall_64`, `arch/x86/entry/common.c`).
  public static SyscallId bySyscallInstruction(long number) {
    int low = (int) number;
    return low >= 0 && (low & X32_BIT) != 0
        ? new SyscallId(Abi.X32, low & ~X32_BIT)
        : new SyscallId(Abi.X86_64, low);
  }

  /// The number as a program passes it, as people write it: x32's in hexadecimal.
  public String passed() {
    return abi == Abi.X32 ? "0x" + Long.toHexString(number | X32_BIT) : Long.toString(number);
  }
}
