package trapline.abi;

import org.jspecify.annotations.Nullable;
import trapline.model.Errno;

/// The error numbers of Linux on x86 (`asm-generic/errno.h`, and `linux/errno.h` for those that
/// the kernel keeps to itself), with glibc's texts.
public final class Errnos {
  private Errnos() {}

  /// The error of that number. A number without a name is its own name.
  ///
  /// @param number positive
  public static Errno of(int number) {
    throw new UnsupportedOperationException();
  }

  /// The error of that name, or `null`.
  public static @Nullable Errno byName(String name) {
    throw new UnsupportedOperationException();
  }

  /// Whether a result is an error: `-4095` to `-1`, as the kernel's `IS_ERR_VALUE` has it.
  public static boolean isError(long result) {
    return result < 0 && result >= -4095;
  }

  /// Whether the kernel keeps this error to itself and starts the call again: `ERESTARTSYS` and its
  /// like.
  ///
  /// @param number positive
  public static boolean isRestart(int number) {
    return number == 512 || number == 513 || number == 514 || number == 516;
  }
}
