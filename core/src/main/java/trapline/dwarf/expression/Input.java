package trapline.dwarf.expression;

/// A number that an expression asks its surroundings for, such as a register's value.
public sealed interface Input {
  /// The number is known.
  record Known(long value) implements Input {}

  /// The number cannot be had.
  ///
  /// @param reason why, as a phrase: `r10 was not saved by the called function`
  record Unknown(String reason) implements Input {}

  static Input of(long value) {
    return new Known(value);
  }

  static Input unknown(String reason) {
    return new Unknown(reason);
  }
}
