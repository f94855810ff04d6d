package trapline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntBiFunction;

/// Which elements of two lists belong together, in their order: the choice that scores most.
final class Alignment {
  /// Two elements that belong together, or one that the other list lacks, whose index is -1.
  record Pair(int ours, int theirs) {
    boolean isWhole() {
      return ours >= 0 && theirs >= 0;
    }
  }

  private Alignment() {}

  /// @param score how well two elements match; 0 when they cannot belong together
  static <A, B> List<Pair> of(List<A> ours, List<B> theirs, ToIntBiFunction<A, B> score) {
    int[][] scores = new int[ours.size()][theirs.size()];
    int[][] best = new int[ours.size() + 1][theirs.size() + 1];
    for (int i = ours.size() - 1; i >= 0; i--) {
      for (int j = theirs.size() - 1; j >= 0; j--) {
        scores[i][j] = score.applyAsInt(ours.get(i), theirs.get(j));
        best[i][j] = Math.max(best[i + 1][j], best[i][j + 1]);
        if (scores[i][j] > 0) {
          best[i][j] = Math.max(best[i][j], best[i + 1][j + 1] + scores[i][j]);
        }
      }
    }
    List<Pair> pairs = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < ours.size() || j < theirs.size()) {
      if (i < ours.size()
          && j < theirs.size()
          && scores[i][j] > 0
          && best[i][j] == best[i + 1][j + 1] + scores[i][j]) {
        pairs.add(new Pair(i++, j++));
      } else if (i < ours.size() && (j == theirs.size() || best[i][j] == best[i + 1][j])) {
        pairs.add(new Pair(i++, -1));
      } else {
        pairs.add(new Pair(-1, j++));
      }
    }
    return pairs;
  }
}
