package trapline.kernel.run;

import org.jspecify.annotations.Nullable;

/// What a function returns.
///
/// @param text the C type, such as `struct file *`
/// @param kind what kind of value that leaves in `rax`
public record ReturnType(String text, Kind kind) {
  /// Kinds of values.
  public enum Kind {
    VOID,
    BOOL,
    /// `int`, or a shorter signed integer or enumeration: the lower half of `rax` counts.
    INT,
    /// `unsigned int` or shorter.
    UNSIGNED,
    /// A signed integer of 64 bits.
    LONG,
    /// An unsigned integer of 64 bits.
    UNSIGNED_LONG,
    POINTER,
    /// A structure, union or floating point number.
    OTHER;

    /// Whether a value of this kind may be an error: `-errno`, or an `ERR_PTR`.
    public boolean mayBeError() {
      return this != VOID && this != BOOL;
    }
  }

  /// The value that a function of this type returned.
  ///
  /// @param rax the whole register
  /// @param type `null` when it is not known. Then the lower half counts when it is an error and
  ///     the upper half is empty: compilers leave an `int` so
  /// @return `null` when the function returns nothing
  public static @Nullable Long valueOf(long rax, @Nullable ReturnType type) {
    if (type == null) {
      boolean halfError = rax >>> 32 == 0 && (int) rax < 0 && (int) rax >= -4095;
      return halfError ? (long) (int) rax : rax;
    }
    return switch (type.kind) {
      case VOID -> null;
      case BOOL -> rax & 1;
      case INT -> (long) (int) rax;
      case UNSIGNED -> rax & 0xffff_ffffL;
      case LONG, UNSIGNED_LONG, POINTER, OTHER -> rax;
    };
  }
}
