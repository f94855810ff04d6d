package trapline.demangle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Shortens a printed name by its lists of template arguments.
final class Fold {
  /// The longest list, its inner ones folded already, that a reader still takes in at a glance.
  private static final int LONGEST = 40;

  private static final String OPERATOR = "operator";

  private Fold() {}

  /// Where a written name has lists in angle brackets, inner ones before those around them. Those
  /// of `operator<` and the like are none.
  static List<PrintedName.Span> lists(String text) {
    List<PrintedName.Span> lists = new ArrayList<>();
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith(OPERATOR, i)) {
        i += OPERATOR.length() - 1;
        while (i + 1 < text.length() && "<>=-".indexOf(text.charAt(i + 1)) >= 0) {
          i++;
        }
      } else if (text.charAt(i) == '<') {
        open.push(i + 1);
      } else if (text.charAt(i) == '>' && !open.isEmpty() && text.charAt(i - 1) != '-') {
        lists.add(new PrintedName.Span(open.pop(), i));
      }
    }
    return lists;
  }

  /// @param lists where the lists are, inner ones before those around them
  static String fold(String text, List<PrintedName.Span> lists, String dots) {
    if (text.length() <= LONGEST) {
      return text;
    }
    List<PrintedName.Span> folded = new ArrayList<>();
    for (PrintedName.Span list : lists) {
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
    for (PrintedName.Span list : folded) {
      out.append(text, at, list.start()).append(dots);
      at = list.end();
    }
    return out.append(text, at, text.length()).toString();
  }
}
