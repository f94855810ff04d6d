package trapline.abi;

import java.util.List;
import trapline.model.Abi;
import trapline.model.SyscallId;

/// What a system call takes and returns.
///
/// @param abi the ABI that `number` belongs to
/// @param name its name in that ABI's table, such as `newfstatat`
/// @param number as the program puts it into the accumulator; for x32 with bit 30 set
/// @param parameters in the order of the argument registers
/// @param result what a successful return value means
/// @param since the first kernel that has it, such as `6.13`; empty when every kernel from 6.1 on
///     has it
public record SyscallSignature(
    Abi abi, String name, long number, List<Parameter> parameters, ArgFormat result, String since) {
  private static final int FIRST_OF_X32 = 512;

  public SyscallSignature {
    parameters = List.copyOf(parameters);
  }

  /// The ABI whose structures the kernel reads and stores. An x32 call that x86-64 has, too, is
  /// served by the same function: only those of numbers from 512 on have their own, with the
  /// structures of 32-bit programs (`arch/x86/entry/syscalls/syscall_64.tbl`).
  public Abi layouts() {
    return abi == Abi.X32 && (number & ~SyscallId.X32_BIT) < FIRST_OF_X32 ? Abi.X86_64 : abi;
  }

  /// The call's identity.
  public SyscallId id() {
    return new SyscallId(abi, number);
  }
}
