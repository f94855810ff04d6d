package trapline.kernel.run;

import java.util.List;
import trapline.model.RanFunction;

/// Chooses which functions of a tree are shown.
public final class Folding {
  /// A line of the tree as shown.
  ///
  /// @param depth how far it is indented
  /// @param function the function; its calls that are shown follow as rows of their own
  /// @param hidden how many functions below it are not shown
  /// @param hiddenCost what these cost, in the unit of the run
  /// @param times how many equal calls in a row this line stands for, from 1
  /// @param totalCost what these cost together; -1 when it is not known
  public record Row(
      int depth, RanFunction function, int hidden, long hiddenCost, int times, long totalCost) {}

  private Folding() {}

  /// The rows of a tree.
  ///
  /// @param maxDepth how many levels are shown
  /// @param full whether noise is shown, too
  public static List<Row> rows(RanFunction root, int maxDepth, boolean full) {
    throw new UnsupportedOperationException("" + root + maxDepth + full);
  }
}
