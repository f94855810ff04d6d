package trapline.demangle;

import java.util.Map;

/// Reads Rust's names by RFC 2603 and writes them as it reads: a back reference is a position in
/// the name, which is read again there.
final class RustV0 {
  private static final Map<Character, String> BASIC_TYPES =
      Map.ofEntries(
          Map.entry('a', "i8"),
          Map.entry('b', "bool"),
          Map.entry('c', "char"),
          Map.entry('d', "f64"),
          Map.entry('e', "str"),
          Map.entry('f', "f32"),
          Map.entry('h', "u8"),
          Map.entry('i', "isize"),
          Map.entry('j', "usize"),
          Map.entry('l', "i32"),
          Map.entry('m', "u32"),
          Map.entry('n', "i128"),
          Map.entry('o', "u128"),
          Map.entry('p', "_"),
          Map.entry('s', "i16"),
          Map.entry('t', "u16"),
          Map.entry('u', "()"),
          Map.entry('v', "..."),
          Map.entry('x', "i64"),
          Map.entry('y', "u64"),
          Map.entry('z', "!"));

  private static final String UNSIGNED = "hjmoty";
  private static final String SIGNED = "ailnsx";
  private static final int LETTERS = 26;

  private final Scanner in;
  private final Budget budget = new Budget();

  /// Whether the hashes of crates and the types of constants are written, too.
  private final boolean full;

  private PrintedName out = new PrintedName();

  /// Whether what is read is not written, so that nobody needs to know what a back reference is.
  private boolean silent;

  /// Lifetimes that the binders around this place have named.
  private long lifetimes;

  private RustV0(String mangled, boolean full) {
    this.in = new Scanner(mangled);
    this.full = full;
  }

  /// @param symbol begins with `_R`
  static PrintedName read(String symbol, boolean full) {
    int dot = symbol.indexOf('.');
    String mangled = symbol.substring(2, dot < 0 ? symbol.length() : dot);
    RustV0 reader = new RustV0(mangled, full);
    for (int i = 0; i < mangled.length(); i++) {
      char c = mangled.charAt(i);
      if (!Scanner.isDigit(c) && !Scanner.isLower(c) && !Scanner.isUpper(c) && c != '_') {
        throw NotMangled.INSTANCE;
      }
    }
    if (!Scanner.isUpper(reader.in.peek())) {
      throw NotMangled.INSTANCE;
    }
    reader.path(true);
    if (!reader.in.atEnd()) {
      // The crate that the instance was made for: not a part of the name.
      reader.unwritten(() -> reader.path(false));
    }
    if (!reader.in.atEnd()) {
      throw NotMangled.INSTANCE;
    }
    return reader.out;
  }

  /// @return -1 when it is not a lower case hexadecimal digit
  static int hexDigit(char c) {
    if (Scanner.isDigit(c)) {
      return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }

  private void unwritten(Runnable reading) {
    PrintedName before = out;
    boolean wasSilent = silent;
    out = new PrintedName();
    silent = true;
    reading.run();
    silent = wasSilent;
    out = before;
  }

  private void path(boolean inValue) {
    budget.enter();
    char tag = in.next();
    switch (tag) {
      case 'C' -> {
        long disambiguator = disambiguator();
        identifier().write(out);
        if (full) {
          out.append('[');
          out.append(Long.toHexString(disambiguator));
          out.append(']');
        }
      }
      case 'N' -> nested(inValue);
      case 'M', 'X' -> {
        // Where the implementation is; the type says more.
        disambiguator();
        unwritten(() -> path(inValue));
        qualifiedSelf(tag == 'X');
      }
      case 'Y' -> qualifiedSelf(true);
      case 'I' -> {
        path(inValue);
        if (inValue) {
          out.append("::");
        }
        out.append('<');
        int start = out.length();
        genericArguments();
        out.listEnds(start);
        out.append('>');
      }
      case 'B' -> backReference(() -> path(inValue));
      default -> throw NotMangled.INSTANCE;
    }
    budget.leave();
  }

  private void nested(boolean inValue) {
    char namespace = in.next();
    if (!Scanner.isLower(namespace) && !Scanner.isUpper(namespace)) {
      throw NotMangled.INSTANCE;
    }
    path(inValue);
    long disambiguator = disambiguator();
    Identifier name = identifier();
    if (Scanner.isUpper(namespace)) {
      out.append("::{");
      switch (namespace) {
        case 'C' -> out.append("closure");
        case 'S' -> out.append("shim");
        default -> out.append(namespace);
      }
      if (!name.isEmpty()) {
        out.append(':');
        name.write(out);
      }
      out.append('#');
      out.append(Long.toUnsignedString(disambiguator));
      out.append('}');
    } else if (!name.isEmpty()) {
      out.append("::");
      name.write(out);
    }
  }

  private void qualifiedSelf(boolean ofTrait) {
    out.append('<');
    type();
    if (ofTrait) {
      out.append(" as ");
      path(false);
    }
    out.append('>');
  }

  private void genericArguments() {
    for (int i = 0; !in.accept('E'); i++) {
      if (i > 0) {
        out.append(", ");
      }
      if (in.accept('L')) {
        lifetime(base62());
      } else if (in.accept('K')) {
        constant();
      } else {
        type();
      }
    }
  }

  private void type() {
    budget.enter();
    char tag = in.next();
    String basic = BASIC_TYPES.get(tag);
    if (basic != null) {
      out.append(basic);
    } else {
      compound(tag);
    }
    budget.leave();
  }

  private void compound(char tag) {
    switch (tag) {
      case 'R', 'Q' -> {
        out.append('&');
        if (in.accept('L')) {
          long lifetime = base62();
          if (lifetime != 0) {
            lifetime(lifetime);
            out.append(' ');
          }
        }
        if (tag == 'Q') {
          out.append("mut ");
        }
        type();
      }
      case 'P', 'O' -> {
        out.append(tag == 'P' ? "*const " : "*mut ");
        type();
      }
      case 'A', 'S' -> {
        out.append('[');
        type();
        if (tag == 'A') {
          out.append("; ");
          constant();
        }
        out.append(']');
      }
      case 'T' -> tuple();
      case 'F' -> bound(this::function);
      case 'D' -> {
        out.append("dyn ");
        bound(this::traits);
        in.expect('L');
        long lifetime = base62();
        if (lifetime != 0) {
          out.append(" + ");
          lifetime(lifetime);
        }
      }
      case 'B' -> backReference(this::type);
      default -> {
        in.moveTo(in.position() - 1);
        path(false);
      }
    }
  }

  private void tuple() {
    out.append('(');
    int count = 0;
    while (!in.accept('E')) {
      if (count > 0) {
        out.append(", ");
      }
      type();
      count++;
    }
    out.append(count == 1 ? ",)" : ")");
  }

  /// Reads what may begin with lifetimes of its own.
  private void bound(Runnable reading) {
    long before = lifetimes;
    if (in.accept('G')) {
      long count = base62() + 1;
      out.append("for<");
      for (long i = 0; i < count; i++) {
        budget.spend();
        if (i > 0) {
          out.append(", ");
        }
        lifetimes++;
        lifetime(1);
      }
      out.append("> ");
    }
    reading.run();
    lifetimes = before;
  }

  private void function() {
    if (in.accept('U')) {
      out.append("unsafe ");
    }
    if (in.accept('K')) {
      out.append("extern \"");
      if (in.accept('C')) {
        out.append('C');
      } else {
        out.append(identifier().asciiOnly().replace('_', '-'));
      }
      out.append("\" ");
    }
    out.append("fn(");
    for (int i = 0; !in.accept('E'); i++) {
      if (i > 0) {
        out.append(", ");
      }
      type();
    }
    out.append(')');
    if (!in.accept('u')) {
      out.append(" -> ");
      type();
    }
  }

  private void traits() {
    for (int i = 0; !in.accept('E'); i++) {
      if (i > 0) {
        out.append(" + ");
      }
      boolean open = openPath();
      while (in.accept('p')) {
        out.append(open ? ", " : "<");
        open = true;
        identifier().write(out);
        out.append(" = ");
        type();
      }
      if (open) {
        out.append('>');
      }
    }
  }

  /// A path, whose generic arguments are not yet closed: what a trait's types are stands there,
  /// too.
  /// @return whether there are any
  private boolean openPath() {
    budget.enter();
    boolean open = false;
    if (in.accept('B')) {
      boolean[] result = new boolean[1];
      backReference(() -> result[0] = openPath());
      open = result[0];
    } else if (in.accept('I')) {
      path(false);
      out.append('<');
      genericArguments();
      open = true;
    } else {
      path(false);
    }
    budget.leave();
    return open;
  }

  private void constant() {
    budget.enter();
    if (in.accept('B')) {
      backReference(this::constant);
    } else {
      char type = in.next();
      if (type == 'p') {
        out.append('_');
      } else {
        value(type);
        if (full) {
          out.append(": ");
          out.append(String.valueOf(BASIC_TYPES.get(type)));
        }
      }
    }
    budget.leave();
  }

  private void value(char type) {
    if (UNSIGNED.indexOf(type) >= 0) {
      number();
    } else if (SIGNED.indexOf(type) >= 0) {
      if (in.accept('n')) {
        out.append('-');
      }
      number();
    } else if (type == 'b') {
      switch (hexDigits()) {
        case "0" -> out.append("false");
        case "1" -> out.append("true");
        default -> throw NotMangled.INSTANCE;
      }
    } else if (type == 'c') {
      character();
    } else {
      throw NotMangled.INSTANCE;
    }
  }

  private void number() {
    String digits = hexDigits();
    if (digits.length() > 16) {
      out.append("0x");
      out.append(digits);
    } else {
      out.append(
          digits.isEmpty() ? "0" : Long.toUnsignedString(Long.parseUnsignedLong(digits, 16)));
    }
  }

  private void character() {
    String digits = hexDigits();
    if (digits.isEmpty() || digits.length() > 8) {
      throw NotMangled.INSTANCE;
    }
    long value = Long.parseLong(digits, 16);
    out.append('\'');
    if (value == '\t') {
      out.append("\\t");
    } else if (value == '\r') {
      out.append("\\r");
    } else if (value == '\n') {
      out.append("\\n");
    } else if (value >= ' ' && value < 0x7f) {
      out.append((char) value);
    } else {
      out.append("\\u{");
      out.append(Long.toHexString(value));
      out.append('}');
    }
    out.append('\'');
  }

  /// Hexadecimal digits up to `_`.
  private String hexDigits() {
    int start = in.position();
    while (hexDigit(in.peek()) >= 0) {
      in.skip(1);
    }
    String digits = in.since(start);
    in.expect('_');
    return digits;
  }

  /// @param index 0 for one that was erased, else how many binders' lifetimes it lies back
  private void lifetime(long index) {
    out.append('\'');
    if (index == 0) {
      out.append('_');
      return;
    }
    long depth = lifetimes - index;
    if (depth < 0) {
      throw NotMangled.INSTANCE;
    }
    if (depth < LETTERS) {
      out.append((char) ('a' + depth));
    } else {
      out.append('_');
      out.append(depth);
    }
  }

  private void backReference(Runnable reading) {
    int here = in.position() - 1;
    long target = base62();
    if (silent) {
      return;
    }
    if (target < 0 || target >= here) {
      throw NotMangled.INSTANCE;
    }
    int behind = in.position();
    in.moveTo((int) target);
    reading.run();
    in.moveTo(behind);
  }

  private long disambiguator() {
    return in.accept('s') ? base62() + 1 : 0;
  }

  /// `_` is 0, `0_` is 1, and so on. Hashes take all 64 bits: what is too large wraps around.
  private long base62() {
    if (in.accept('_')) {
      return 0;
    }
    long value = 0;
    while (!in.accept('_')) {
      char c = in.next();
      int digit;
      if (Scanner.isDigit(c)) {
        digit = c - '0';
      } else if (Scanner.isLower(c)) {
        digit = c - 'a' + 10;
      } else if (Scanner.isUpper(c)) {
        digit = c - 'A' + 36;
      } else {
        throw NotMangled.INSTANCE;
      }
      value = value * 62 + digit;
    }
    return value + 1;
  }

  /// A name in ASCII, with what is put between its letters when it is not all ASCII.
  private record Identifier(String ascii, String punycode) {
    boolean isEmpty() {
      return ascii.isEmpty() && punycode.isEmpty();
    }

    String asciiOnly() {
      if (!punycode.isEmpty()) {
        throw NotMangled.INSTANCE;
      }
      return ascii;
    }

    void write(PrintedName out) {
      out.append(punycode.isEmpty() ? ascii : Punycode.decode(ascii, punycode));
    }
  }

  private Identifier identifier() {
    boolean encoded = in.accept('u');
    // A length of 0 is one digit, so that what follows may begin with digits.
    int length = in.accept('0') ? 0 : in.number();
    in.accept('_');
    String text = in.take(length);
    if (!encoded) {
      return new Identifier(text, "");
    }
    int delimiter = text.lastIndexOf('_');
    String punycode = text.substring(delimiter + 1);
    if (punycode.isEmpty()) {
      throw NotMangled.INSTANCE;
    }
    return new Identifier(delimiter < 0 ? "" : text.substring(0, delimiter), punycode);
  }
}
