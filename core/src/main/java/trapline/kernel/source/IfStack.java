package trapline.kernel.source;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `#if` conditions around the place that a scan has reached, and the brace depth that they
/// leave ([BranchDepths]).
final class IfStack {
  private static final int MAX_BRANCHES = 64;
  private static final int MAX_TEXT = 1000;

  private static final class Level {
    /// Conditions of the branches before the present one, none of which held.
    private final List<String> refused = new ArrayList<>(1);
    private String condition;
    private @Nullable String text;

    Level(String condition) {
      this.condition = condition;
    }

    String text() {
      String known = text;
      if (known == null) {
        known = describe();
        text = known;
      }
      return known;
    }

    private String describe() {
      StringBuilder out = new StringBuilder();
      for (String no : refused) {
        out.append(out.isEmpty() ? "" : " && ").append(not(no));
      }
      if (!condition.isEmpty()) {
        boolean group = !out.isEmpty() && condition.contains("||");
        out.append(out.isEmpty() ? "" : " && ").append(group ? "(" + condition + ")" : condition);
      }
      return out.toString();
    }
  }

  private final List<Level> levels = new ArrayList<>();
  private final BranchDepths depths = new BranchDepths();
  private String guard = "";

  /// Takes a directive.
  ///
  /// @param text the logical line in one, from `#`
  /// @param depth the brace depth before it
  /// @return the brace depth after it
  int directive(String text, int depth) {
    int at = 1;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    int end = at;
    while (end < text.length() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    String word = text.substring(at, end);
    String rest = text.substring(end).trim();
    String candidate = guard;
    guard = "";
    switch (word) {
      case "ifdef" -> push("defined(" + firstName(rest) + ")", depth);
      case "ifndef" -> {
        guard = firstName(rest);
        push("!defined(" + guard + ")", depth);
      }
      case "if" -> push(rest, depth);
      case "define" -> {
        if (!candidate.isEmpty() && firstName(rest).equals(candidate) && !levels.isEmpty()) {
          levels.getLast().condition = ""; // an include guard says nothing
          levels.getLast().text = "";
        }
      }
      case "elif" -> {
        return branch(rest, depth);
      }
      case "elifdef" -> {
        return branch("defined(" + firstName(rest) + ")", depth);
      }
      case "elifndef" -> {
        return branch("!defined(" + firstName(rest) + ")", depth);
      }
      case "else" -> {
        return branch("", depth);
      }
      case "endif" -> {
        return pop(depth);
      }
      default -> {}
    }
    return depth;
  }

  /// The conditions, outermost first.
  List<String> conditions() {
    List<String> texts = new ArrayList<>(levels.size());
    for (Level level : levels) {
      String text = level.text();
      if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return texts;
  }

  private void push(String condition, int depth) {
    if (depths.open(depth)) {
      levels.add(new Level(bounded(condition)));
    }
  }

  private int branch(String condition, int depth) {
    if (depths.isBeyond() || levels.isEmpty()) {
      return depth;
    }
    Level level = levels.getLast();
    if (level.refused.size() < MAX_BRANCHES) {
      level.refused.add(level.condition);
    }
    level.condition = bounded(condition);
    level.text = null;
    return depths.branch(depth);
  }

  private int pop(int depth) {
    if (!depths.isBeyond() && !levels.isEmpty()) {
      levels.removeLast();
    }
    return depths.close(depth);
  }

  /// A condition too long to keep is one that cannot be evaluated.
  private static String bounded(String condition) {
    return condition.length() <= MAX_TEXT ? condition : "TOO_LONG()";
  }

  /// The negation of a condition, kept short where it can be.
  static String not(String condition) {
    if (isOneTerm(condition)) {
      return condition.startsWith("!") ? condition.substring(1) : "!" + condition;
    }
    return "!(" + condition + ")";
  }

  private static boolean isOneTerm(String condition) {
    int at = condition.startsWith("!") ? 1 : 0;
    while (at < condition.length()
        && (Character.isLetterOrDigit(condition.charAt(at)) || condition.charAt(at) == '_')) {
      at++;
    }
    if (at == condition.length()) {
      return true;
    }
    return condition.charAt(at) == '('
        && condition.indexOf('(', at + 1) < 0
        && condition.indexOf(')') == condition.length() - 1;
  }

  private static String firstName(String text) {
    int end = 0;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    return text.substring(0, end);
  }
}
