package trapline.report;

import trapline.bytes.ByteText;

/// Text as a terminal shows it: how many columns it takes, and which characters may be sent at all.
final class Display {
  /// Longer facts are cut; the decoder's own limits are far below.
  private static final int MAX_FACT = 4000;

  private static final int TAB = 4;

  private static final int FIRST_WIDE = 0x1100;

  /// First and last code points of the ranges that take two columns (Unicode Standard Annex 11,
  /// `W` and `F`), without the emoji, which the JDK knows. Unassigned code points inside the blocks
  /// count as wide, as the annex says, and so does what libc's wcwidth(3) counts as wide there.
  private static final int[] WIDE = {
    0x1100, 0x115f, 0x2329, 0x232a, 0x2e80, 0x303e, 0x3041, 0xa4cf, 0xa960, 0xa97c, 0xac00, 0xd7a3,
    0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0,
    0x18dff, 0x1aff0, 0x1b2ff, 0x1d300, 0x1d356, 0x1d360, 0x1d376, 0x1f200, 0x1f265, 0x20000,
    0x2fffd, 0x30000, 0x3fffd,
  };

  private Display() {}

  /// How many columns `text` takes.
  static int width(String text) {
    int columns = 0;
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      if (c < 0x300) {
        columns++;
        i++;
      } else {
        int codePoint = text.codePointAt(i);
        columns += width(codePoint);
        i += Character.charCount(codePoint);
      }
    }
    return columns;
  }

  /// How many columns a code point takes: 0 when it is drawn onto the one before it.
  static int width(int codePoint) {
    if (codePoint < 0x300) {
      return 1;
    }
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || (codePoint >= 0x1160 && codePoint <= 0x11ff)
        || (codePoint >= 0xd7b0 && codePoint <= 0xd7fb)) {
      return 0;
    }
    return codePoint >= FIRST_WIDE && isWide(codePoint) ? 2 : 1;
  }

  private static boolean isWide(int codePoint) {
    for (int i = 0; i < WIDE.length; i += 2) {
      if (codePoint <= WIDE[i + 1]) {
        if (codePoint >= WIDE[i]) {
          return true;
        }
        break;
      }
    }
    // The letters of flags are emoji in pairs only.
    return Character.isEmojiPresentation(codePoint)
        && !(codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff);
  }

  /// The index behind the last character from `from` on that still fits into `columns`.
  static int fit(String text, int from, int columns) {
    int used = 0;
    int i = from;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      used += width(codePoint);
      if (used > columns) {
        break;
      }
      i += Character.charCount(codePoint);
    }
    return i;
  }

  /// The text with everything escaped that a terminal would act on instead of showing it: control
  /// characters, invisible format characters (those that turn the direction of writing among
  /// them), line separators, and what is no character at all.
  static String clean(String text) {
    int length = text.length();
    if (length <= MAX_FACT) {
      int i = 0;
      while (i < length && text.charAt(i) >= ' ' && text.charAt(i) < 0x7f) {
        i++;
      }
      if (i == length) {
        return text;
      }
    }
    StringBuilder out = new StringBuilder(Math.min(length, MAX_FACT) + 32);
    int i = 0;
    while (i < length && out.length() < MAX_FACT) {
      int codePoint = text.codePointAt(i);
      if (isHarmless(codePoint)) {
        out.appendCodePoint(codePoint);
      } else {
        escape(out, codePoint);
      }
      i += Character.charCount(codePoint);
    }
    if (i < length) {
      out.append("... (").append(length - i).append(" more characters)");
    }
    return out.toString();
  }

  private static boolean isHarmless(int codePoint) {
    if (codePoint < 0x7f) {
      return codePoint >= ' ';
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static void escape(StringBuilder out, int codePoint) {
    switch (codePoint) {
      case '\n' -> out.append("\\n");
      case '\t' -> out.append("\\t");
      case '\r' -> out.append("\\r");
      default -> {
        if (ByteText.isByte(codePoint)) {
          out.append("\\x").append(Integer.toHexString(ByteText.byteOf(codePoint)));
          return;
        }
        out.append(codePoint < 0x100 ? "\\x" : "\\u{");
        String digits = Integer.toHexString(codePoint);
        if (digits.length() == 1) {
          out.append('0');
        }
        out.append(digits);
        if (codePoint >= 0x100) {
          out.append('}');
        }
      }
    }
  }

  /// A line of source text: tabs become spaces, the rest as in [#clean(String)].
  static String cleanSource(String line) {
    if (line.indexOf('\t') < 0) {
      return clean(line);
    }
    StringBuilder out = new StringBuilder(line.length() + 16);
    int column = 0;
    int end = Math.min(line.length(), MAX_FACT);
    for (int i = 0; i < end; ) {
      int codePoint = line.codePointAt(i);
      if (codePoint == '\t') {
        int spaces = TAB - column % TAB;
        out.repeat(' ', spaces);
        column += spaces;
      } else {
        out.appendCodePoint(codePoint);
        column += width(codePoint);
      }
      i += Character.charCount(codePoint);
    }
    return clean(out.toString());
  }

  /// The start of `text` that fits into `columns`, with `dots` at its end when that is not all.
  static String cut(String text, int columns, String dots) {
    if (width(text) <= columns) {
      return text;
    }
    return text.substring(0, fit(text, 0, Math.max(0, columns - width(dots)))) + dots;
  }

  /// Start and end of `text`, with `dots` between them, in at most `columns`.
  static String cutMiddle(String text, int columns, String dots) {
    if (width(text) <= columns) {
      return text;
    }
    int room = Math.max(0, columns - width(dots));
    int head = fit(text, 0, room - room * 2 / 3);
    int tail = text.length();
    int used = 0;
    while (tail > head) {
      int codePoint = text.codePointBefore(tail);
      used += width(codePoint);
      if (used > room * 2 / 3) {
        break;
      }
      tail -= Character.charCount(codePoint);
    }
    return text.substring(0, head) + dots + text.substring(tail);
  }

  /// A path in at most `columns`: directories in the middle are left out first.
  static String cutPath(String path, int columns, String dots) {
    if (width(path) <= columns) {
      return path;
    }
    int first = path.indexOf('/', 1);
    if (first > 0) {
      String head = path.substring(0, first + 1) + dots;
      for (int i = path.indexOf('/', first + 1); i >= 0; i = path.indexOf('/', i + 1)) {
        String candidate = head + path.substring(i);
        if (width(candidate) <= columns) {
          return candidate;
        }
      }
    }
    return cutMiddle(path.substring(path.lastIndexOf('/') + 1), columns, dots);
  }
}
