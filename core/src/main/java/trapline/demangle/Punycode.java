package trapline.demangle;

/// Names in other letters than ASCII's, as RFC 3492 writes them, with `_` for its delimiter.
final class Punycode {
  private static final int BASE = 36;
  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int MAX_LENGTH = 1000;

  private Punycode() {}

  /// @param ascii the characters that needed no encoding
  /// @param encoded where the others go, and which they are
  static String decode(String ascii, String encoded) {
    int[] points = ascii.codePoints().toArray();
    int count = points.length;
    points = java.util.Arrays.copyOf(points, count + encoded.length());
    long codePoint = 0x80;
    long index = 0;
    int bias = 72;
    int at = 0;
    boolean first = true;
    if (count + encoded.length() > MAX_LENGTH || encoded.isEmpty()) {
      throw NotMangled.INSTANCE;
    }
    while (at < encoded.length()) {
      long delta = 0;
      long weight = 1;
      for (int k = BASE; ; k += BASE) {
        if (at >= encoded.length()) {
          throw NotMangled.INSTANCE;
        }
        int digit = digit(encoded.charAt(at++));
        delta += digit * weight;
        int threshold = Math.clamp(k - bias, T_MIN, T_MAX);
        if (digit < threshold) {
          break;
        }
        weight *= BASE - threshold;
        if (delta > Integer.MAX_VALUE || weight > Integer.MAX_VALUE) {
          throw NotMangled.INSTANCE;
        }
      }
      index += delta;
      count++;
      bias = bias(delta, count, first);
      first = false;
      codePoint += index / count;
      index %= count;
      if (codePoint > Character.MAX_CODE_POINT) {
        throw NotMangled.INSTANCE;
      }
      System.arraycopy(points, (int) index, points, (int) index + 1, count - 1 - (int) index);
      points[(int) index++] = (int) codePoint;
    }
    return new String(points, 0, count);
  }

  private static int digit(char c) {
    if (Scanner.isLower(c)) {
      return c - 'a';
    } else if (Scanner.isDigit(c)) {
      return c - '0' + 26;
    }
    throw NotMangled.INSTANCE;
  }

  private static int bias(long delta, int count, boolean first) {
    long left = first ? delta / 700 : delta / 2;
    left += left / count;
    int k = 0;
    while (left > (BASE - T_MIN) * T_MAX / 2) {
      left /= BASE - T_MIN;
      k += BASE;
    }
    return k + (int) ((BASE - T_MIN + 1) * left / (left + SKEW));
  }
}
