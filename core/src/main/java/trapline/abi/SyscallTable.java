package trapline.abi;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;

/// The system calls of one ABI. Immutable; loaded once, on first use.
///
/// Numbers, names and types are those of Linux 6.12 (`arch/x86/entry/syscalls/syscall_64.tbl` and
/// `syscall_32.tbl`, `SYSCALL_DEFINE`), and of later kernels for calls that came later.
public final class SyscallTable {
  private final Abi abi;

  private SyscallTable(Abi abi) {
    this.abi = abi;
  }

  /// The table of an ABI.
  public static SyscallTable of(Abi abi) {
    return new SyscallTable(abi);
  }

  public Abi abi() {
    return abi;
  }

  /// The call of that number, or `null` when the number has none.
  ///
  /// @param number as the program passes it; for x32 with or without bit 30
  public @Nullable SyscallSignature byNumber(long number) {
    return null;
  }

  /// The call of that name, or `null` when there is none.
  public @Nullable SyscallSignature byName(String name) {
    return null;
  }

  /// The name of the call, or `syscall_0x1ff` when the number has none.
  public String nameOf(long number) {
    SyscallSignature signature = byNumber(number);
    return signature == null ? "syscall_0x" + Long.toHexString(number) : signature.name();
  }

  /// Every call of this ABI, by ascending number.
  public List<SyscallSignature> all() {
    return List.of();
  }

  /// What `name` may have been meant for, best first: calls that a libc function of that name
  /// makes, then calls of similar spelling. Empty when nothing is near.
  public List<Suggestion> nearest(String name) {
    return List.of();
  }

  /// The calls that glibc's function `name` makes in place of, or besides, a call of its own name:
  /// `open` gives `openat`, `fork` gives `clone`. Empty when it makes the call it is named after.
  public List<Suggestion> libcEquivalents(String name) {
    return List.of();
  }
}
