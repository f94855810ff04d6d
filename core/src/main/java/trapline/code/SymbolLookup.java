package trapline.code;

import org.jspecify.annotations.Nullable;

/// Names addresses for [Instruction] text.
@FunctionalInterface
public interface SymbolLookup {
  /// Knows no address.
  SymbolLookup NONE =
      // No lambda: the first one of a cold start costs milliseconds.
      new SymbolLookup() {
        @Override
        public @Nullable String nameOf(long address) {
          return null;
        }
      };

  /// The name of `address`, such as `socket@plt` or `main+0x1b`, without angle brackets.
  ///
  /// @return null when no name is known
  @Nullable String nameOf(long address);
}
