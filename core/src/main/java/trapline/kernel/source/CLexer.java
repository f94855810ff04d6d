package trapline.kernel.source;

import java.nio.charset.StandardCharsets;

/// Splits C source into tokens, one preprocessor directive being one token. It knows comments,
/// strings, character constants and continued lines; it expands nothing.
///
/// Any bytes are accepted: what is no C ends up as single-character tokens.
final class CLexer {
  /// Kinds of tokens.
  static final int END = 0;

  static final int NAME = 1;
  static final int NUMBER = 2;
  static final int LITERAL = 3;
  static final int DIRECTIVE = 4;
  static final int PUNCTUATION = 5;

  private final byte[] text;
  private final int limit;
  private int next;
  private int nextLine = 1;
  private boolean lineStart = true;

  private int kind = END;
  private int start;
  private int end;
  private int line = 1;

  CLexer(byte[] text) {
    this.text = text;
    this.limit = text.length;
  }

  /// @param from the first byte of a line
  /// @param line the number of that line, from 1
  CLexer(byte[] text, int from, int line) {
    this.text = text;
    this.limit = text.length;
    this.next = from;
    this.nextLine = line;
  }

  /// Moves to the next token and returns its kind.
  int advance() {
    skipBlanks();
    start = next;
    line = nextLine;
    if (next >= limit) {
      end = limit;
      kind = END;
      return END;
    }
    int c = text[next] & 0xff;
    boolean first = lineStart;
    lineStart = false;
    if (c == '#' && first) {
      directive();
      kind = DIRECTIVE;
    } else if (isNameStart(c)) {
      do {
        next++;
      } while (next < limit && isNamePart(text[next] & 0xff));
      kind = NAME;
    } else if (c >= '0' && c <= '9') {
      do {
        next++;
      } while (next < limit && (isNamePart(text[next] & 0xff) || text[next] == '.'));
      kind = NUMBER;
    } else if (c == '"' || c == '\'') {
      literal(c);
      kind = LITERAL;
    } else {
      next++;
      kind = PUNCTUATION;
    }
    end = next;
    return kind;
  }

  int kind() {
    return kind;
  }

  /// Where the lexer stands, to come back to.
  record Mark(int next, int nextLine, boolean lineStart, int kind, int start, int end, int line) {}

  Mark mark() {
    return new Mark(next, nextLine, lineStart, kind, start, end, line);
  }

  void reset(Mark mark) {
    next = mark.next;
    nextLine = mark.nextLine;
    lineStart = mark.lineStart;
    kind = mark.kind;
    start = mark.start;
    end = mark.end;
    line = mark.line;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /// The line on which the token starts, from 1.
  int line() {
    return line;
  }

  /// Whether the token is this single character.
  boolean is(char c) {
    return kind == PUNCTUATION && text[start] == c;
  }

  /// Whether the token is this name.
  boolean is(String name) {
    return kind == NAME && end - start == name.length() && matches(start, name);
  }

  boolean startsWith(String prefix) {
    return kind == NAME && end - start >= prefix.length() && matches(start, prefix);
  }

  String text() {
    return new String(text, start, end - start, StandardCharsets.UTF_8);
  }

  /// The source from `from` to `to` in one line: comments dropped, runs of blanks made one space.
  String joined(int from, int to) {
    StringBuilder out = new StringBuilder(to - from);
    boolean gap = false;
    int at = from;
    while (at < to) {
      int c = text[at] & 0xff;
      if (c == '/' && at + 1 < to && text[at + 1] == '*') {
        at = Math.min(to, endOfComment(at + 2));
        gap = true;
      } else if (c == '/' && at + 1 < to && text[at + 1] == '/') {
        while (at < to && text[at] != '\n') {
          at++;
        }
        gap = true;
      } else if (c <= ' ' || (c == '\\' && at + 1 < to && text[at + 1] == '\n')) {
        at++;
        gap = true;
      } else {
        int last = out.isEmpty() ? '(' : out.charAt(out.length() - 1);
        if (gap && last != '(' && c != ')' && c != ',') {
          out.append(' ');
        }
        gap = false;
        out.append((char) c);
        at++;
      }
    }
    return out.toString();
  }

  private boolean matches(int at, String what) {
    for (int i = 0; i < what.length(); i++) {
      if (text[at + i] != what.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void skipBlanks() {
    while (next < limit) {
      int c = text[next];
      if (c == '\n') {
        nextLine++;
        next++;
        lineStart = true;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0x0b) {
        next++;
      } else if (c == '\\' && next + 1 < limit && text[next + 1] == '\n') {
        nextLine++;
        next += 2;
      } else if (c == '/' && next + 1 < limit && text[next + 1] == '*') {
        int to = endOfComment(next + 2);
        countLines(next, to);
        next = to;
      } else if (c == '/' && next + 1 < limit && text[next + 1] == '/') {
        while (next < limit && text[next] != '\n') {
          next++;
        }
      } else {
        return;
      }
    }
  }

  private int endOfComment(int at) {
    for (int i = at; i + 1 < limit; i++) {
      if (text[i] == '*' && text[i + 1] == '/') {
        return i + 2;
      }
    }
    return limit;
  }

  private void countLines(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == '\n') {
        nextLine++;
      }
    }
  }

  /// A directive reaches to the end of its logical line, without it.
  private void directive() {
    while (next < limit) {
      int c = text[next];
      if (c == '\n') {
        return;
      }
      if (c == '\\' && next + 1 < limit && text[next + 1] == '\n') {
        nextLine++;
        next += 2;
      } else if (c == '/' && next + 1 < limit && text[next + 1] == '*') {
        int to = endOfComment(next + 2);
        countLines(next, to);
        next = to;
      } else if (c == '"') {
        literal(c);
      } else {
        next++;
      }
    }
  }

  /// A string or character constant ends at its quote, or at the end of the line.
  private void literal(int quote) {
    next++;
    while (next < limit) {
      int c = text[next];
      if (c == '\n') {
        return;
      }
      next++;
      if (c == quote) {
        return;
      }
      if (c == '\\' && next < limit) {
        if (text[next] == '\n') {
          nextLine++;
        }
        next++;
      }
    }
  }

  private static boolean isNameStart(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
  }

  private static boolean isNamePart(int c) {
    return isNameStart(c) || (c >= '0' && c <= '9');
  }
}
