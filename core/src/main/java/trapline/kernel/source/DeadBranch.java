package trapline.kernel.source;

/// Branches of C source that are never compiled: those of `#if 0`, and behind `#if 1`.
final class DeadBranch {
  /// A condition that is no lone `0` or `1`.
  static final int UNKNOWN = 2;

  private DeadBranch() {}

  /// The value of the condition at `at`: 0, 1 or [#UNKNOWN].
  static int constant(byte[] text, int at, int limit) {
    if (at >= limit || (text[at] != '0' && text[at] != '1')) {
      return UNKNOWN;
    }
    int after = at + 1;
    if (after < limit && !CText.isBlank(text[after]) && text[after] != '/') {
      return UNKNOWN;
    }
    int rest = CText.skipBlanks(text, after, CText.endOfLine(text, after, limit));
    return rest >= limit || text[rest] == '\n' ? text[at] - '0' : UNKNOWN;
  }

  /// Passes over a dead branch, up to the directive that ends it.
  ///
  /// @param at in the branch
  /// @param orElse whether an `#else` or `#elif` ends it, too
  /// @return the end of the directive; when that is an `#else` or `#elif`, `~` of it
  static int skip(byte[] text, int at, int limit, boolean orElse) {
    int nested = 0;
    int i = at;
    while (i < limit) {
      int c = text[i];
      if (c == '/') {
        i = CText.afterSlash(text, i, limit);
      } else if (c == '#') {
        int word = CText.skipSpaces(text, i + 1, limit);
        int end = CText.endOfName(text, word, limit);
        i = CText.endOfDirective(text, end, limit);
        if (CText.startsWith(text, word, end, "if")) {
          nested++;
        } else if (CText.equals(text, word, end, "endif")) {
          if (nested == 0) {
            return i;
          }
          nested--;
        } else if (orElse
            && nested == 0
            && (CText.equals(text, word, end, "else")
                || CText.startsWith(text, word, end, "elif"))) {
          return ~i;
        }
      } else if (CText.isBlank(c)) {
        i++;
      } else {
        i = endOfLine(text, i, limit);
      }
    }
    return i;
  }

  /// The newline, or the comment that may hide it.
  private static int endOfLine(byte[] text, int from, int limit) {
    int i = from;
    while (i < limit && text[i] != '\n') {
      if (text[i] == '/' && i + 1 < limit && (text[i + 1] == '*' || text[i + 1] == '/')) {
        return i;
      }
      i++;
    }
    return i;
  }
}
