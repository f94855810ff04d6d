package trapline.kernel.source;

/// How deeply a scan is nested in braces (or in parentheses) when the preprocessor's branches do
/// not agree about it: each branch starts with the depth before the `#if`, and the depth after the
/// `#endif` is that after the first branch, so that braces opened in both branches of an `#else`
/// count once.
final class BranchDepths {
  /// Conditions nested deeper are passed over.
  static final int MAX_LEVELS = 64;

  private final int[] before = new int[MAX_LEVELS];
  private final int[] afterFirst = new int[MAX_LEVELS];
  private int levels;
  private int beyond;

  /// Forgets all conditions.
  void clear() {
    levels = 0;
    beyond = 0;
  }

  /// How many conditions are open, without those beyond [#MAX_LEVELS].
  int levels() {
    return levels;
  }

  /// Whether the innermost condition is nested too deeply to be known.
  boolean isBeyond() {
    return beyond > 0;
  }

  /// At an `#if`.
  ///
  /// @return whether the condition has a level of its own
  boolean open(int depth) {
    if (levels == MAX_LEVELS) {
      beyond++;
      return false;
    }
    before[levels] = depth;
    afterFirst[levels] = -1;
    levels++;
    return true;
  }

  /// At an `#elif` or `#else`.
  ///
  /// @return the depth from here on
  int branch(int depth) {
    if (beyond > 0 || levels == 0) {
      return depth;
    }
    if (afterFirst[levels - 1] < 0) {
      afterFirst[levels - 1] = depth;
    }
    return before[levels - 1];
  }

  /// At an `#endif`.
  ///
  /// @return the depth from here on
  int close(int depth) {
    if (beyond > 0) {
      beyond--;
      return depth;
    }
    if (levels == 0) {
      return depth;
    }
    levels--;
    return afterFirst[levels] >= 0 ? afterFirst[levels] : depth;
  }

  /// Whether the branches of the innermost condition, the last of which ends here, disagree: by
  /// another depth than the first branch left, or, when it is the only one, than it found.
  boolean disagree(int depth) {
    if (beyond > 0 || levels == 0) {
      return false;
    }
    int first = afterFirst[levels - 1];
    return depth != (first >= 0 ? first : before[levels - 1]);
  }

  /// Whether a further branch, which ends here, leaves another depth than the first one.
  boolean disagreesWithFirst(int depth) {
    return beyond == 0
        && levels > 0
        && afterFirst[levels - 1] >= 0
        && afterFirst[levels - 1] != depth;
  }
}
