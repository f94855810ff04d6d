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
  private static final long EVEN = 0x00ff_00ff_00ff_00ffL;
  private static final long PAIRS = 0x0001_0001_0001_0001L;

  private static final boolean[] NAME_PART = new boolean[256];
  private static final boolean[] DIRECTIVE_STOP = set("\n\\/\"");
  private static final boolean[] LITERAL_STOP = set("\n\\\"'");

  static {
    for (int c = 0; c < 256; c++) {
      NAME_PART[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '$';
    }
  }

  private CText() {}

  /// A table of bytes with these characters in it, for [#find].
  static boolean[] set(String characters) {
    boolean[] set = new boolean[256];
    for (int i = 0; i < characters.length(); i++) {
      set[characters.charAt(i)] = true;
    }
    return set;
  }

  /// The first byte at or after `at` that is in the set; `limit` without one.
  static int find(boolean[] set, byte[] text, int at, int limit) {
    int i = at;
    for (; i + 3 < limit; i += 4) {
      if (set[text[i] & 0xff]) {
        return i;
      }
      if (set[text[i + 1] & 0xff]) {
        return i + 1;
      }
      if (set[text[i + 2] & 0xff]) {
        return i + 2;
      }
      if (set[text[i + 3] & 0xff]) {
        return i + 3;
      }
    }
    while (i < limit && !set[text[i] & 0xff]) {
      i++;
    }
    return i;
  }

  /// The first byte at or after `at` that is neither a space nor a tab.
  static int skipSpaces(byte[] text, int at, int limit) {
    int i = at;
    while (i < limit && (text[i] == ' ' || text[i] == '\t')) {
      i++;
    }
    return i;
  }

  /// The first of these bytes at or after `at`; `limit` without one.
  static int indexOf(char wanted, byte[] text, int at, int limit) {
    int i = at;
    for (; i + 8 <= limit; i += 8) {
      long found = matches((long) LONG.get(text, i), wanted);
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < limit && text[i] != wanted) {
      i++;
    }
    return i;
  }

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
    return indexOf('\n', text, at, limit);
  }

  /// Newlines between two offsets.
  static int newlines(byte[] text, int from, int to) {
    int count = 0;
    int i = from;
    while (i + 8 <= to) {
      // Each of eight sums takes as many as a byte can count.
      int end = Math.min(to - 7, i + 8 * 255);
      long sums = 0;
      for (; i < end; i += 8) {
        sums += matches((long) LONG.get(text, i), '\n') >>> 7;
      }
      long pairs = (sums & EVEN) + ((sums >>> 8) & EVEN);
      count += (int) ((pairs * PAIRS) >>> 48);
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
    while (true) {
      i = find(LITERAL_STOP, text, i, limit);
      if (i >= limit) {
        return limit;
      }
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
  }

  /// The newline that ends the directive in which `at` lies.
  static int endOfDirective(byte[] text, int at, int limit) {
    int i = at;
    while (true) {
      i = find(DIRECTIVE_STOP, text, i, limit);
      if (i >= limit) {
        return limit;
      }
      int c = text[i];
      if (c == '\n') {
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
