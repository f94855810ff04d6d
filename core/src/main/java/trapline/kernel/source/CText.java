package trapline.kernel.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Steps over parts of C source in an array of bytes: comments, literals, directives. Any bytes are
/// accepted; a part that does not end reaches to `limit`.
final class CText {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long LOW = 0x7f7f_7f7f_7f7f_7f7fL;
  private static final long HIGH = 0x8080_8080_8080_8080L;

  private static final boolean[] NAME_PART = new boolean[256];
  private static final boolean[] DIRECTIVE_STOP = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      NAME_PART[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '$';
    }
    for (char c : new char[] {'\n', '\\', '/', '"'}) {
      DIRECTIVE_STOP[c] = true;
    }
  }

  private CText() {}

  static boolean isNamePart(int c) {
    return NAME_PART[c & 0xff];
  }

  static boolean isNameStart(int c) {
    return NAME_PART[c & 0xff] && (c < '0' || c > '9');
  }

  static boolean isBlank(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /// The end of the name that `at` lies in.
  static int endOfName(byte[] text, int at, int limit) {
    int end = at;
    while (end < limit && NAME_PART[text[end] & 0xff]) {
      end++;
    }
    return end;
  }

  /// Whether the bytes from `from` to `to` are these.
  static boolean equals(byte[] text, int from, int to, String what) {
    if (to - from != what.length()) {
      return false;
    }
    for (int i = 0; i < to - from; i++) {
      if (text[from + i] != what.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether the bytes from `from` to `to` begin with these.
  static boolean startsWith(byte[] text, int from, int to, String what) {
    return to - from >= what.length() && equals(text, from, from + what.length(), what);
  }

  /// The first newline at or after `at`.
  static int endOfLine(byte[] text, int at, int limit) {
    int i = at;
    for (; i + 8 <= limit; i += 8) {
      long found = matches((long) LONG.get(text, i), '\n');
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < limit && text[i] != '\n') {
      i++;
    }
    return i;
  }

  /// Newlines between two offsets.
  static int newlines(byte[] text, int from, int to) {
    int count = 0;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      count += Long.bitCount(matches((long) LONG.get(text, i), '\n'));
    }
    for (; i < to; i++) {
      count += text[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  /// What follows the slash at `at`: the end of the comment that it begins, or the next byte. A
  /// comment to the end of the line ends before the newline.
  static int afterSlash(byte[] text, int at, int limit) {
    if (at + 1 < limit) {
      if (text[at + 1] == '*') {
        return endOfComment(text, at + 2, limit);
      }
      if (text[at + 1] == '/') {
        return endOfLine(text, at + 2, limit);
      }
    }
    return at + 1;
  }

  /// Behind the `*/` that ends a comment, the inside of which begins at `at`.
  static int endOfComment(byte[] text, int at, int limit) {
    int i = at + 1;
    for (; i + 8 <= limit; ) {
      long found = matches((long) LONG.get(text, i), '/');
      if (found == 0) {
        i += 8;
      } else {
        i += (Long.numberOfTrailingZeros(found) >>> 3) + 1;
        if (text[i - 2] == '*') {
          return i;
        }
      }
    }
    for (; i < limit; i++) {
      if (text[i] == '/' && text[i - 1] == '*') {
        return i + 1;
      }
    }
    return limit;
  }

  /// Behind the string or character constant, the opening quote of which is at `at`. It ends at its
  /// quote, or at the end of the line.
  static int endOfLiteral(byte[] text, int at, int limit) {
    int quote = text[at];
    int i = at + 1;
    while (i < limit) {
      int c = text[i];
      if (c == '\n') {
        return i;
      }
      i++;
      if (c == quote) {
        return i;
      }
      if (c == '\\') {
        i++;
      }
    }
    return limit;
  }

  /// The newline that ends the directive in which `at` lies.
  static int endOfDirective(byte[] text, int at, int limit) {
    int i = at;
    while (i < limit) {
      int c = text[i];
      if (!DIRECTIVE_STOP[c & 0xff]) {
        i++;
      } else if (c == '\n') {
        return i;
      } else if (c == '/') {
        i = afterSlash(text, i, limit);
      } else if (c == '"') {
        i = endOfLiteral(text, i, limit);
      } else if (i + 1 < limit && text[i + 1] == '\n') {
        i += 2;
      } else if (i + 2 < limit && text[i + 1] == '\r' && text[i + 2] == '\n') {
        i += 3;
      } else {
        i++;
      }
    }
    return limit;
  }

  /// The first byte at or after `at` that is neither blank nor in a comment.
  static int skipBlanks(byte[] text, int at, int limit) {
    int i = at;
    while (i < limit) {
      int c = text[i];
      if (isBlank(c) || (c == '\\' && i + 1 < limit && text[i + 1] == '\n')) {
        i++;
      } else if (c == '/' && i + 1 < limit && (text[i + 1] == '*' || text[i + 1] == '/')) {
        i = afterSlash(text, i, limit);
      } else {
        return i;
      }
    }
    return limit;
  }

  /// A one in the high bit of each byte that is `c`.
  private static long matches(long eight, char c) {
    long differing = eight ^ (c * ONES);
    return ~(((differing & LOW) + LOW) | differing) & HIGH;
  }
}
