package trapline.kernel.run;

import org.jspecify.annotations.Nullable;

/// Parts of the lines of a tracefs trace.
final class TraceLine {
  private TraceLine() {}

  /// How many events a line such as `CPU:0 [LOST 8 EVENTS]` says are lost; 0 when it says nothing.
  static long lost(String line) {
    int at = line.startsWith("CPU:") ? line.indexOf("[LOST") : -1;
    if (at < 0) {
      return 0;
    }
    Long count = number(line, at + 5);
    return count == null || count <= 0 ? 1 : count;
  }

  /// The id in `NAME-ID`; -1 when there is none.
  static int thread(String task) {
    int dash = task.lastIndexOf('-');
    Long id = dash < 0 ? null : number(task, dash + 1);
    return id == null || id < 0 || id > Integer.MAX_VALUE ? -1 : id.intValue();
  }

  /// The number at a place, after spaces: decimal, or hexadecimal behind `0x`.
  static @Nullable Long number(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    boolean negative = at < text.length() && text.charAt(at) == '-';
    at += negative ? 1 : 0;
    int base = 10;
    if (text.startsWith("0x", at)) {
      base = 16;
      at += 2;
    }
    return digits(text, at, base, negative);
  }

  /// The hexadecimal number at a place.
  static @Nullable Long hex(String text, int from) {
    return digits(text, from, 16, false);
  }

  private static @Nullable Long digits(String text, int from, int base, boolean negative) {
    long value = 0;
    int at = from;
    for (; at < text.length(); at++) {
      int digit = Character.digit(text.charAt(at), base);
      if (digit < 0) {
        break;
      }
      value = value * base + digit;
    }
    return at == from ? null : negative ? -value : value;
  }
}
