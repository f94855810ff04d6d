package trapline.demangle;

/// A walk over the characters of a mangled name. Behind its end stand zeros.
final class Scanner {
  private final String text;
  private int at;

  Scanner(String text) {
    this.text = text;
  }

  char peek() {
    return peek(0);
  }

  char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
  }

  boolean atEnd() {
    return at >= text.length();
  }

  int position() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  void skip(int characters) {
    at += characters;
  }

  char next() {
    char c = peek();
    at++;
    return c;
  }

  boolean accept(char c) {
    if (peek() != c || atEnd()) {
      return false;
    }
    at++;
    return true;
  }

  boolean accept(String word) {
    if (!text.startsWith(word, at)) {
      return false;
    }
    at += word.length();
    return true;
  }

  void expect(char c) {
    if (!accept(c)) {
      throw NotMangled.INSTANCE;
    }
  }

  /// The next characters.
  String take(int length) {
    if (length < 0 || length > text.length() - at) {
      throw NotMangled.INSTANCE;
    }
    String taken = text.substring(at, at + length);
    at += length;
    return taken;
  }

  /// What is left.
  String rest() {
    return text.substring(Math.min(at, text.length()));
  }

  String since(int start) {
    return text.substring(start, at);
  }

  /// A decimal number without a sign.
  int number() {
    if (!isDigit(peek())) {
      throw NotMangled.INSTANCE;
    }
    long value = 0;
    while (isDigit(peek())) {
      value = value * 10 + (next() - '0');
      if (value > Integer.MAX_VALUE - 2) {
        throw NotMangled.INSTANCE;
      }
    }
    return (int) value;
  }

  /// `_` is 0, `0_` is 1, and so on.
  int compactNumber() {
    if (accept('_')) {
      return 0;
    }
    int number = number() + 1;
    expect('_');
    return number;
  }

  /// As [#compactNumber()], to the base of 36.
  int sequenceNumber() {
    if (accept('_')) {
      return 0;
    }
    long value = 0;
    do {
      char c = next();
      if (!isDigit(c) && !isUpper(c)) {
        throw NotMangled.INSTANCE;
      }
      value = value * 36 + (isDigit(c) ? c - '0' : c - 'A' + 10);
      if (value > Integer.MAX_VALUE - 2) {
        throw NotMangled.INSTANCE;
      }
    } while (peek() != '_');
    at++;
    return (int) value + 1;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }
}
