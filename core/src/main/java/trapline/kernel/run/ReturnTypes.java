package trapline.kernel.run;

import org.jspecify.annotations.Nullable;

/// What kernel functions return.
@FunctionalInterface
public interface ReturnTypes {
  /// Knows no function.
  ReturnTypes NONE = function -> null;

  /// What a function returns, by its name in the source; `null` when that is not known.
  @Nullable ReturnType of(String function);
}
