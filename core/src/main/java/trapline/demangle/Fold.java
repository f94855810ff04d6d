package trapline.demangle;

import java.util.ArrayList;
import java.util.List;

/// Shortens a printed name by its lists of template arguments.
final class Fold {
  /// The longest list, its inner ones folded already, that a reader still takes in at a glance.
  private static final int LONGEST = 40;

  private Fold() {}

  /// @param lists where the lists are, inner ones before those around them
  static String fold(String text, List<Output.Span> lists, String dots) {
    if (text.length() <= LONGEST) {
      return text;
    }
    List<Output.Span> folded = new ArrayList<>();
    for (Output.Span list : lists) {
      int inner = 0;
      for (int i = folded.size() - 1; i >= 0 && folded.get(i).start() >= list.start(); i--) {
        inner += folded.get(i).end() - folded.get(i).start() - dots.length();
      }
      if (list.end() - list.start() - inner > LONGEST) {
        while (!folded.isEmpty() && folded.getLast().start() >= list.start()) {
          folded.removeLast();
        }
        folded.add(list);
      }
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (Output.Span list : folded) {
      out.append(text, at, list.start()).append(dots);
      at = list.end();
    }
    return out.append(text, at, text.length()).toString();
  }
}
