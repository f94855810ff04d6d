package trapline.unwind;

/// What is known of a value while code is followed without running it: a constant, or an offset
/// from what a register held where the following began, or an offset from the memory word at such
/// an address.
///
/// @param base the register's encoded number; [#CONSTANT] for a constant; [#NOTHING] when the value
///     is not known
/// @param offset added to the register's value; or the constant
/// @param loaded whether the value is the memory word at that address, as it was at the beginning
/// @param addend added to that word; 0 when not loaded
record TrackedValue(int base, long offset, boolean loaded, long addend) {
  static final int CONSTANT = -1;
  private static final int NOTHING = -2;

  static final TrackedValue UNKNOWN = new TrackedValue(NOTHING, 0, false, 0);

  static TrackedValue constant(long value) {
    return new TrackedValue(CONSTANT, value, false, 0);
  }

  static TrackedValue initial(int register) {
    return new TrackedValue(register, 0, false, 0);
  }

  boolean isUnknown() {
    return base == NOTHING;
  }

  /// Whether this is what the register held at the beginning.
  boolean isInitial(int register) {
    return base == register && offset == 0 && !loaded;
  }

  /// Whether this is a known distance from what the register held at the beginning.
  boolean isRelativeTo(int register) {
    return base == register && !loaded;
  }

  TrackedValue plus(long number) {
    if (isUnknown()) {
      return UNKNOWN;
    }
    return loaded
        ? new TrackedValue(base, offset, true, addend + number)
        : new TrackedValue(base, offset + number, false, 0);
  }

  /// The memory word at this address, as it was at the beginning.
  TrackedValue dereferenced() {
    return isUnknown() || loaded ? UNKNOWN : new TrackedValue(base, offset, true, 0);
  }
}
