package trapline.why;

import java.util.ArrayList;
import java.util.List;

/// Finds which calls of two runs are the same, by their order: the longest common sequence of calls
/// that match.
final class CallAlignment {
  /// More are not compared.
  private static final long MOST = 4_000_000;

  /// Whether two calls may be the same.
  interface Alike {
    boolean test(int here, int there);
  }

  private CallAlignment() {}

  /// For each call of the first run the one of the other that it is, or -1.
  static List<Integer> of(int here, int there, Alike alike) {
    List<Integer> partners = new ArrayList<>();
    if ((long) here * there > MOST) {
      for (int i = 0; i < here; i++) {
        partners.add(-1);
      }
      return partners;
    }
    int[][] length = new int[here + 1][there + 1];
    for (int i = here - 1; i >= 0; i--) {
      for (int k = there - 1; k >= 0; k--) {
        length[i][k] =
            alike.test(i, k)
                ? length[i + 1][k + 1] + 1
                : Math.max(length[i + 1][k], length[i][k + 1]);
      }
    }
    int k = 0;
    for (int i = 0; i < here; i++) {
      int at = k;
      while (at < there && length[i][at + 1] == length[i][k] && length[i][k] > 0) {
        if (alike.test(i, at) && length[i + 1][at + 1] + 1 == length[i][k]) {
          break;
        }
        at++;
      }
      boolean isTaken =
          at < there && alike.test(i, at) && length[i + 1][at + 1] + 1 == length[i][k];
      partners.add(isTaken ? at : -1);
      k = isTaken ? at + 1 : k;
    }
    return partners;
  }
}
