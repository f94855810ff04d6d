package trapline.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;

/// What the names in a format stand for: the parameters of a call, or the members of a structure.
interface Scope {
  /// The number that a length in a format stands for.
  ///
  /// @return `null` when it is not known, such as what a call returns before it has
  @Nullable Long number(ArgFormat length);

  /// The names of the constants that the value of a parameter or member consists of; for a number
  /// without names its decimal form.
  List<String> constants(String name);
}
