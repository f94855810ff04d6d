package trapline.code;

import org.jspecify.annotations.Nullable;

/// Names addresses for [Instruction] text.
@FunctionalInterface
public interface SymbolLookup {
  /// Knows no address.
  SymbolLookup NONE = address -> null;

  /// The name of `address`, such as `socket@plt` or `main+0x1b`, without angle brackets.
  ///
  /// @return null when no name is known
  @Nullable String nameOf(long address);
}
