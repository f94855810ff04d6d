package trapline.demangle;

import org.jspecify.annotations.Nullable;

/// Reads a C++ name into its parts. What one name needs is here; the grammar is in [NameParser],
/// [TypeParser] and [ExpressionParser], which call each other.
final class CxxParser {
  final Scanner in;
  final Budget budget = new Budget();
  final Substitutions substitutions = new Substitutions();

  /// Whether the standard library's abbreviations are written in full.
  final boolean full;

  final NameParser names;
  final TypeParser types;
  final ExpressionParser expressions;

  /// The innermost class's own name, which constructors and destructors repeat.
  @Nullable Node className;

  /// Whether an operator `cv` is a cast, for it is read inside of an expression.
  boolean inExpression;

  /// Whether the type that is read is the one that a conversion function converts to.
  boolean inConversion;

  private final boolean scopeLists;
  private boolean metScopeList;

  private CxxParser(String mangled, boolean full, boolean scopeLists) {
    this.scopeLists = scopeLists;
    this.in = new Scanner(mangled);
    this.full = full;
    this.names = new NameParser(this);
    this.types = new TypeParser(this);
    this.expressions = new ExpressionParser(this);
  }

  /// @param mangled begins with `_Z`
  static Node parse(String mangled, boolean full) {
    CxxParser parser = new CxxParser(mangled, full, true);
    try {
      return parser.mangledName();
    } catch (NotMangled e) {
      if (!parser.metScopeList) {
        throw e;
      }
      return new CxxParser(mangled, full, false).mangledName();
    }
  }

  /// Whether the scopes of names in expressions are taken for lists, as the ABI says now. When that
  /// does not lead to a name, the whole is read again as older compilers wrote it.
  boolean tryScopeLists() {
    metScopeList = true;
    return scopeLists;
  }

  private Node mangledName() {
    in.skip(2);
    Node name = names.encoding();
    while (in.peek() == '.') {
      name = new Node.Clone(name, cloneSuffix());
    }
    if (!in.atEnd()) {
      throw NotMangled.INSTANCE;
    }
    return name;
  }

  /// What a compiler puts behind the name of a copy: `.isra.0`, `.constprop.1`, `.cold`, `.12`.
  private String cloneSuffix() {
    int start = in.position();
    if (isWord(in.peek(1))) {
      in.skip(2);
      while (isWord(in.peek())) {
        in.skip(1);
      }
    }
    while (in.peek() == '.' && Scanner.isDigit(in.peek(1))) {
      in.skip(2);
      while (Scanner.isDigit(in.peek())) {
        in.skip(1);
      }
    }
    if (in.position() == start) {
      throw NotMangled.INSTANCE;
    }
    return in.since(start);
  }

  private static boolean isWord(char c) {
    return Scanner.isLower(c) || Scanner.isDigit(c) || c == '_';
  }
}
