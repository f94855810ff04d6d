package trapline.unwind;

/// How many instructions one walk down a stack may still decode. Damaged or hostile programs could
/// otherwise make it read the same code for every frame and every guess.
final class DecodingBudget {
  private static final int INSTRUCTIONS = 400_000;

  private int left = INSTRUCTIONS;

  /// Takes one instruction from the budget.
  ///
  /// @return whether there was one left
  boolean take() {
    return left > 0 && left-- > 0;
  }
}
