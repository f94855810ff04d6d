package trapline.demangle;

import org.jspecify.annotations.Nullable;

/// Reads Rust's older names: they are C++'s nested names of which the last part is a hash, with
/// what C++ cannot say written as `$LT$`, `..` and the like.
final class RustLegacy {
  private static final String HASH = "17h";
  private static final int HASH_DIGITS = 16;
  private static final int HASH_LENGTH = HASH.length() + HASH_DIGITS;

  /// Hashes have many different digits; a C++ name that looks like one usually has not.
  private static final int DIFFERENT_DIGITS = 5;

  private final Scanner in;
  private final PrintedName out = new PrintedName();

  private RustLegacy(String path) {
    this.in = new Scanner(path);
  }

  /// @param symbol begins with `_ZN`
  /// @return `null` when it is not Rust's
  static @Nullable PrintedName read(String symbol, boolean full) {
    int end = end(symbol);
    if (end < 0 || !isHash(symbol, end)) {
      return null;
    }
    int pathEnd = full ? end : end - HASH_LENGTH;
    RustLegacy reader = new RustLegacy(symbol.substring(3, pathEnd));
    reader.path();
    return reader.out;
  }

  /// Where the closing `E` is; what follows it begins with a dot. -1 when there is none.
  private static int end(String symbol) {
    boolean atEnd = true;
    for (int i = symbol.length() - 1; i > HASH_LENGTH + 3; i--) {
      char c = symbol.charAt(i);
      if (atEnd && c == 'E') {
        return i;
      }
      atEnd = c == '.';
    }
    return -1;
  }

  private static boolean isHash(String symbol, int end) {
    if (!symbol.startsWith(HASH, end - HASH_LENGTH)) {
      return false;
    }
    int seen = 0;
    for (int i = end - HASH_DIGITS; i < end; i++) {
      int digit = RustV0.hexDigit(symbol.charAt(i));
      if (digit < 0) {
        return false;
      }
      seen |= 1 << digit;
    }
    return Integer.bitCount(seen) >= DIFFERENT_DIGITS;
  }

  private void path() {
    while (!in.atEnd()) {
      if (out.length() > 0) {
        out.append("::");
      }
      part(in.take(in.number()));
    }
  }

  private void part(String part) {
    for (int i = 0; i < part.length(); i++) {
      if (!isAllowed(part.charAt(i))) {
        throw NotMangled.INSTANCE;
      }
    }
    Scanner text = new Scanner(part);
    if (part.startsWith("_$")) {
      text.skip(1);
    }
    while (!text.atEnd()) {
      char c = text.peek();
      if (c == '$') {
        if (!escape(text)) {
          out.append(text.rest());
          return;
        }
      } else if (text.accept("..")) {
        out.append("::");
      } else {
        out.append(text.next());
      }
    }
  }

  private static boolean isAllowed(char c) {
    return Scanner.isLower(c)
        || Scanner.isUpper(c)
        || Scanner.isDigit(c)
        || c == '_'
        || c == '$'
        || c == '.'
        || c == ':';
  }

  private boolean escape(Scanner text) {
    String rest = text.rest();
    int end = rest.indexOf('$', 1);
    if (end < 0) {
      return false;
    }
    String code = rest.substring(1, end);
    char c =
        switch (code) {
          case "SP" -> '@';
          case "BP" -> '*';
          case "RF" -> '&';
          case "LT" -> '<';
          case "GT" -> '>';
          case "LP" -> '(';
          case "RP" -> ')';
          case "C" -> ',';
          default -> codePoint(code);
        };
    if (c == 0) {
      return false;
    }
    out.append(c);
    text.skip(end + 1);
    return true;
  }

  /// `u20`: two digits of a printable ASCII character; 0 when it is none.
  private static char codePoint(String code) {
    if (code.length() != 3 || code.charAt(0) != 'u') {
      return 0;
    }
    int high = RustV0.hexDigit(code.charAt(1));
    int low = RustV0.hexDigit(code.charAt(2));
    int value = high * 16 + low;
    return high >= 2 && high < 8 && low >= 0 && value < 0x7f ? (char) value : 0;
  }
}
