package trapline.report;

/// Numbers and times as reports write them.
public final class Numbers {
  private Numbers() {}

  static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }

  /// A register: one digit as it is, everything else hexadecimal.
  static String register(long value) {
    return value >= 0 && value < 10 ? Long.toString(value) : hex(value);
  }

  /// Three significant digits with the unit that suits them: `950 ns`, `18.2 µs`, `3.40 s`.
  static String duration(long nanoseconds, String micro) {
    if (nanoseconds < 1000) {
      return nanoseconds + " ns";
    }
    String[] units = {micro, "ms", "s"};
    long divisor = 1000;
    int unit = 0;
    while (unit < 2 && nanoseconds >= divisor * 1000 - divisor / 2) {
      divisor *= 1000;
      unit++;
    }
    // Rounded once, to the digits that are shown.
    double value = nanoseconds / (double) divisor;
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    int scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
    long scaled = (long) (value * scale + 0.5);
    StringBuilder out = new StringBuilder(12).append(scaled / scale);
    if (decimals > 0) {
      long part = scaled % scale;
      out.append('.').append(decimals == 2 && part < 10 ? "0" : "").append(part);
    }
    return out.append(' ').append(units[unit]).toString();
  }

  /// A count with its digits in groups of three.
  public static String count(long value) {
    String digits = Long.toString(value);
    if (digits.length() < 5) {
      return digits;
    }
    StringBuilder out = new StringBuilder(digits.length() + 6);
    for (int i = 0; i < digits.length(); i++) {
      if (i > 0 && (digits.length() - i) % 3 == 0 && digits.charAt(i - 1) != '-') {
        out.append(',');
      }
      out.append(digits.charAt(i));
    }
    return out.toString();
  }

  /// `2nd`, `3rd`, `11th`.
  static String ordinal(long value) {
    long tens = value % 100;
    String suffix =
        tens >= 11 && tens <= 13
            ? "th"
            : switch ((int) (value % 10)) {
              case 1 -> "st";
              case 2 -> "nd";
              case 3 -> "rd";
              default -> "th";
            };
    return count(value) + suffix;
  }
}
