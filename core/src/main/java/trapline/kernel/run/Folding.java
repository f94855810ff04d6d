package trapline.kernel.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import trapline.model.RanFunction;

/// Chooses which functions of a tree are shown.
///
/// What the table `roles.txt` calls noise (locks, RCU, allocation, tracing), and interrupts, are
/// not shown, and neither is what they call; they are counted for the function that called them.
/// So is what lies too deep. Equal calls in a row, without calls of their own that are shown, are
/// one row.
public final class Folding {
  /// A line of the tree as shown.
  ///
  /// @param depth how far it is indented, from 0
  /// @param function the function; its calls that are shown follow as rows of their own
  /// @param hidden how many functions below it have no row
  /// @param hiddenCost what these cost, in the unit of the run; -1 when that is not known
  /// @param times how many equal calls in a row this line stands for, from 1
  /// @param totalCost what these cost together; -1 when it is not known
  public record Row(
      int depth, RanFunction function, int hidden, long hiddenCost, int times, long totalCost) {}

  private Folding() {}

  /// The rows of a tree, in the order in which the functions ran.
  ///
  /// @param maxDepth how many levels are shown, at least 1
  /// @param full whether noise is shown, too
  public static List<Row> rows(RanFunction root, int maxDepth, boolean full) {
    List<Row> rows = new ArrayList<>();
    add(root, 0, Math.max(1, maxDepth), full, rows);
    return rows;
  }

  /// Whether a function is noise.
  public static boolean isNoise(RanFunction function) {
    return Role.NOISE.holds(function.name()) || Role.INTERRUPT.holds(function.name());
  }

  /// The depth of a tree is bounded by [CallTreeBuilder#MAX_DEPTH].
  private static void add(
      RanFunction function, int depth, int maxDepth, boolean full, List<Row> rows) {
    int place = rows.size();
    int hidden = 0;
    long hiddenCost = 0;
    List<RanFunction> shown = new ArrayList<>();
    for (RanFunction call : function.calls()) {
      if (depth + 1 >= maxDepth || (!full && isNoise(call))) {
        hidden += call.size();
        hiddenCost = sum(hiddenCost, call.cost());
      } else {
        shown.add(call);
      }
    }
    Row row = new Row(depth, function, hidden, hiddenCost, 1, function.cost());
    if (shown.isEmpty() && place > 0 && isSame(rows.get(place - 1), row)) {
      rows.set(place - 1, merged(rows.get(place - 1), row));
      return;
    }
    rows.add(row);
    for (RanFunction call : shown) {
      add(call, depth + 1, maxDepth, full, rows);
    }
  }

  private static boolean isSame(Row before, Row row) {
    return before.depth() == row.depth()
        && before.function().name().equals(row.function().name())
        && Objects.equals(before.function().returned(), row.function().returned());
  }

  private static Row merged(Row before, Row row) {
    return new Row(
        before.depth(),
        before.function(),
        before.hidden() + row.hidden(),
        sum(before.hiddenCost(), row.hiddenCost()),
        before.times() + 1,
        sum(before.totalCost(), row.totalCost()));
  }

  private static long sum(long a, long b) {
    return a < 0 || b < 0 ? -1 : a + b;
  }
}
