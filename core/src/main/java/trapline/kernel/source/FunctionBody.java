package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The tokens between a function's braces, without directives. Both branches of an `#if` are there,
/// except that of `#if 0`.
///
/// Where branches do not agree about braces ([BranchDepths]), the body ends with the next `}` in a
/// line's first column, as kernel code is formatted.
final class FunctionBody {
  /// The longest function of a real kernel has some 30,000; a body that is longer is cut.
  static final int MAX_TOKENS = 1 << 18;

  private static final int MAX_HEAD_TOKENS = 4096;
  private static final int MAX_LINE = 400;

  private final byte[] source;
  private int[] kinds = new int[256];
  private int[] starts = new int[256];
  private int[] ends = new int[256];
  private int[] lines = new int[256];
  private int count;

  /// For each token the `(` or `[` that it stands in, or -1.
  private int[] inside = new int[0];

  /// For each `(`, `[` or `{` the token that closes it, or the number of tokens.
  private int[] closing = new int[0];

  private boolean returnsBoolean;

  private FunctionBody(byte[] source) {
    this.source = source;
  }

  /// The body of the function that is defined at a line.
  ///
  /// @param name the function's, which decides when several stand on that line
  /// @param line that of the name, or of the macro that heads the definition; from 1
  /// @return `null` when no function's head stands there
  static @Nullable FunctionBody at(byte[] source, String name, int line) {
    int from = startOfLine(source, line);
    if (from < 0) {
      return null;
    }
    CLexer lexer = new CLexer(source, from, line);
    lexer.advance();
    CLexer.Mark first = lexer.mark();
    boolean returnsBoolean = false;
    while (lexer.line() == line && lexer.kind() != CLexer.END && !lexer.is(name)) {
      returnsBoolean |= lexer.is("bool");
      lexer.advance();
    }
    if (!lexer.is(name)) {
      lexer.reset(first);
    } else if (lexer.start() == from) {
      returnsBoolean = isBoolean(source, from); // the type has a line of its own
    }
    if (!toBrace(lexer)) {
      return null;
    }
    FunctionBody body = new FunctionBody(source);
    body.returnsBoolean = returnsBoolean;
    body.read(lexer);
    return body;
  }

  /// The text of a macro's definition as a body: what stands behind its name and parameters.
  ///
  /// @param from the `#`
  /// @param line of it
  static FunctionBody ofMacro(byte[] source, int from, int to, int line) {
    FunctionBody body = new FunctionBody(Arrays.copyOf(source, to));
    CLexer lexer = new CLexer(body.source, from + 1, line);
    lexer.advance();
    lexer.advance();
    int end = lexer.end();
    lexer.advance();
    if (lexer.is('(') && lexer.start() == end) {
      while (lexer.kind() != CLexer.END && !lexer.is(')')) {
        lexer.advance();
      }
      lexer.advance();
    }
    while (lexer.kind() != CLexer.END && body.count < MAX_TOKENS) {
      body.add(lexer);
      lexer.advance();
    }
    body.nest();
    return body;
  }

  int size() {
    return count;
  }

  /// Whether the function returns `bool`, and so no error.
  boolean returnsBoolean() {
    return returnsBoolean;
  }

  int kind(int token) {
    return token >= 0 && token < count ? kinds[token] : CLexer.END;
  }

  int line(int token) {
    return lines[token];
  }

  boolean isName(int token) {
    return kind(token) == CLexer.NAME;
  }

  boolean is(int token, char c) {
    return kind(token) == CLexer.PUNCTUATION && source[starts[token]] == c;
  }

  boolean is(int token, String name) {
    return isName(token) && CText.equals(source, starts[token], ends[token], name);
  }

  /// Whether two characters stand here without a blank between them: `->`, `==`.
  boolean is(int token, char c, char d) {
    return is(token, c) && is(token + 1, d) && starts[token + 1] == ends[token];
  }

  /// Whether the token is the `=` of an assignment or initialisation, or ends `|=` and its like.
  boolean isAssignment(int token) {
    return is(token, '=')
        && !is(token, '=', '=')
        && !is(token - 1, '=', '=')
        && !is(token - 1, '!', '=')
        && !is(token - 1, '<', '=')
        && !is(token - 1, '>', '=');
  }

  /// Whether a `->` or `.` stands before the token: it names a member.
  boolean isMember(int token) {
    return is(token - 1, '.') || is(token - 2, '-', '>');
  }

  int inside(int token) {
    return inside[token];
  }

  int closing(int token) {
    return closing[token];
  }

  String text(int token) {
    return new String(source, starts[token], ends[token] - starts[token], StandardCharsets.UTF_8);
  }

  /// Tokens as one line of source, of at most `most` characters.
  ///
  /// @param to behind the last one
  String joined(int from, int to, int most) {
    if (from >= Math.min(to, count)) {
      return "";
    }
    int end = ends[Math.min(to, count) - 1];
    String text = new CLexer(source).joined(starts[from], Math.min(end, starts[from] + 8 * most));
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  /// The line that a token starts on, without the blanks around it. Of a line longer than any in
  /// a real kernel it is what stands from the token on.
  String lineOf(int token) {
    int from = starts[token];
    int first = Math.max(0, from - MAX_LINE);
    while (from > first && source[from - 1] != '\n') {
      from--;
    }
    from = from == first && first > 0 ? starts[token] : from;
    int to = CText.endOfLine(source, from, Math.min(source.length, from + MAX_LINE));
    return new String(source, from, to - from, StandardCharsets.UTF_8).strip();
  }

  /// Whether the line before one ends with `bool`.
  private static boolean isBoolean(byte[] source, int line) {
    int end = line;
    while (end > 0 && CText.isBlank(source[end - 1])) {
      end--;
    }
    return end >= 4
        && CText.equals(source, end - 4, end, "bool")
        && (end == 4 || !CText.isNamePart(source[end - 5]));
  }

  private static int startOfLine(byte[] source, int line) {
    int at = 0;
    for (int i = 1; i < line; i++) {
      at = CText.endOfLine(source, at, source.length) + 1;
      if (at >= source.length) {
        return -1;
      }
    }
    return line < 1 ? -1 : at;
  }

  /// Over the head, to the `{` of the body.
  private static boolean toBrace(CLexer lexer) {
    int depth = 0;
    boolean parameters = false;
    for (int i = 0; i < MAX_HEAD_TOKENS && lexer.kind() != CLexer.END; i++) {
      if (lexer.is('(')) {
        depth++;
        parameters = true;
      } else if (lexer.is(')')) {
        depth--;
      } else if (depth == 0 && lexer.is('{')) {
        return parameters;
      } else if (depth <= 0 && (lexer.is(';') || lexer.is('}') || lexer.is('='))) {
        return false;
      }
      lexer.advance();
    }
    return false;
  }

  private void read(CLexer lexer) {
    BranchDepths branches = new BranchDepths();
    boolean formatted = false;
    int depth = 1;
    lexer.advance();
    while (lexer.kind() != CLexer.END && count < MAX_TOKENS) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        String word = directive(lexer);
        if (word.equals("if 0")) {
          word = skipDead(lexer);
          if (word.equals("else")) {
            branches.open(depth);
          }
        } else if (word.startsWith("if")) {
          branches.open(depth);
        } else if (word.startsWith("el")) {
          formatted |= branches.disagreesWithFirst(depth);
          depth = branches.branch(depth);
        } else if (word.equals("endif")) {
          formatted |= branches.disagree(depth);
          depth = branches.close(depth);
        }
        lexer.advance();
        continue;
      }
      if (lexer.is('{')) {
        depth++;
      } else if (lexer.is('}')) {
        depth--;
        boolean firstColumn = lexer.start() == 0 || source[lexer.start() - 1] == '\n';
        if (formatted ? firstColumn : depth == 0) {
          break;
        }
      }
      add(lexer);
      lexer.advance();
    }
    nest();
  }

  /// The directive's word; with what stands behind it when that is `if 0`.
  private String directive(CLexer lexer) {
    int at = lexer.start() + 1;
    while (at < lexer.end() && (source[at] == ' ' || source[at] == '\t')) {
      at++;
    }
    int end = CText.endOfName(source, at, lexer.end());
    String word = new String(source, at, Math.min(end - at, 8), StandardCharsets.ISO_8859_1);
    if (word.equals("if") && lexer.joined(end, Math.min(lexer.end(), end + 64)).equals("0")) {
      return "if 0";
    }
    return word;
  }

  /// Passes over what `#if 0` leaves out.
  ///
  /// @return the word of the directive that ends it; empty at the end of the text
  private String skipDead(CLexer lexer) {
    int nested = 0;
    while (lexer.advance() != CLexer.END) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        String word = directive(lexer);
        if (word.startsWith("if")) {
          nested++;
        } else if (word.equals("endif") && nested-- == 0) {
          return word;
        } else if (word.startsWith("el") && nested == 0) {
          return "else";
        }
      }
    }
    return "";
  }

  private void add(CLexer lexer) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      lines = Arrays.copyOf(lines, 2 * count);
    }
    kinds[count] = lexer.kind();
    starts[count] = lexer.start();
    ends[count] = lexer.end();
    lines[count] = lexer.line();
    count++;
  }

  /// Finds what closes each parenthesis, bracket and brace. One that closes nothing is passed over;
  /// one that closes an outer one closes those inside, too.
  private void nest() {
    inside = new int[count];
    closing = new int[count];
    Arrays.fill(closing, count);
    int[] outer = new int[count];
    int top = -1;
    for (int i = 0; i < count; i++) {
      inside[i] = top >= 0 && !is(top, '{') ? top : -1;
      if (is(i, '(') || is(i, '[') || is(i, '{')) {
        outer[i] = top;
        top = i;
      } else if (top >= 0 && (is(i, ')') || is(i, ']'))) {
        if (!is(top, '{')) {
          inside[i] = inside[top];
          closing[top] = i;
          top = outer[top];
        }
      } else if (is(i, '}')) {
        while (top >= 0 && !is(top, '{')) {
          closing[top] = i;
          top = outer[top];
        }
        if (top >= 0) {
          closing[top] = i;
          top = outer[top];
        }
        inside[i] = top >= 0 && !is(top, '{') ? top : -1;
      }
    }
  }
}
