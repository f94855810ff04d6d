package trapline.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;

/// What the names in a format stand for: the parameters of a call, or the members of a structure.
interface Scope {
  /// The number that a length in a format stands for: a number, a name, or one of
  ///
  /// - `min(A, B)`: the smaller of the two, such as what there was room for and what there was
  /// - `fits(A, B)`: `A`, unknown when it is more than `B`: nothing is stored then
  /// - `before(NAME)`: what the parameter `NAME` pointed to before the call
  ///
  /// @return `null` when it is not known, such as what a call returns before it has
  default @Nullable Long number(ArgFormat length) {
    String name = length.name();
    if (!length.arguments().isEmpty()) {
      if (name.equals("before")) {
        return before(length.argument(0).name());
      }
      Long one = number(length.argument(0));
      Long other = number(length.argument(1));
      if (one == null || other == null) {
        return null;
      }
      return switch (name) {
        case "min" -> Math.min(one, other);
        case "fits" -> one <= other ? one : null;
        default -> throw new IllegalStateException("no length " + length);
      };
    }
    return Character.isDigit(name.charAt(0)) ? Long.valueOf(Long.parseLong(name)) : named(name);
  }

  /// The value of a parameter or a member, or for a pointer of what it points to; `ret` is what the
  /// call returned.
  ///
  /// @return `null` when it is not known
  @Nullable Long named(String name);

  /// What a parameter pointed to before the call.
  ///
  /// @return `null` when it is not known
  @Nullable Long before(String name);

  /// The names of the constants that the value of a parameter or member consists of; for a number
  /// without names its decimal form.
  List<String> constants(String name);
}
