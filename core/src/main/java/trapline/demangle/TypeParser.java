package trapline.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `<type>` (Itanium C++ ABI, 5.1.5).
final class TypeParser {
  private static final Node.Name AUTO = new Node.Name("auto");
  private static final Node.Name DECLTYPE_AUTO = new Node.Name("decltype(auto)");

  private final CxxParser parser;
  private final Scanner in;

  TypeParser(CxxParser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /// The qualifier that a letter stands for in front of a type or in a nested name.
  static @Nullable Qualifier qualifier(char letter) {
    return switch (letter) {
      case 'r' -> Qualifier.RESTRICT;
      case 'V' -> Qualifier.VOLATILE;
      case 'K' -> Qualifier.CONST;
      default -> null;
    };
  }

  Node type() {
    parser.budget.enter();
    Node type = isQualified() ? qualified() : unqualified();
    parser.budget.leave();
    return type;
  }

  private boolean isQualified() {
    char next = in.peek();
    if (next == 'D') {
      return "xoOw".indexOf(in.peek(1)) >= 0 && in.peek(1) != 0;
    }
    return qualifier(next) != null;
  }

  /// Qualifiers in front of a function type are those of its `this`.
  private Node qualified() {
    List<Qualifier> qualifiers = new ArrayList<>();
    List<@Nullable Node> arguments = new ArrayList<>();
    while (isQualified()) {
      parser.budget.spend();
      Qualifier qualifier = qualifier(in.next());
      Node argument = null;
      if (qualifier == null) {
        char kind = in.next();
        qualifier =
            switch (kind) {
              case 'x' -> Qualifier.TRANSACTION_SAFE;
              case 'w' -> Qualifier.THROW;
              default -> Qualifier.NOEXCEPT;
            };
        if (kind == 'O') {
          argument = parser.expressions.expression();
          in.expect('E');
        } else if (kind == 'w') {
          argument = parameters();
          in.expect('E');
        }
      }
      qualifiers.add(qualifier);
      arguments.add(argument);
    }
    boolean ofFunction = in.peek() == 'F';
    Qualifier reference = null;
    Node type;
    if (ofFunction) {
      FunctionRead read = function();
      type = read.function();
      reference = read.reference();
    } else {
      type = type();
    }
    for (int i = qualifiers.size() - 1; i >= 0; i--) {
      Qualifier qualifier = qualifiers.get(i);
      type = new Node.Modified(ofFunction ? qualifier.ofThis() : qualifier, type, arguments.get(i));
    }
    if (reference != null) {
      type = new Node.Modified(reference, type, null);
    }
    return parser.substitutions.add(type);
  }

  private Node unqualified() {
    char next = in.peek();
    if (Scanner.isLower(next)) {
      return lowerCase();
    }
    return switch (next) {
      case 'F' -> parser.substitutions.add(functionType());
      case 'A' -> parser.substitutions.add(array());
      case 'M' -> parser.substitutions.add(pointerToMember());
      case 'T' -> parser.substitutions.add(parameterType());
      case 'S' -> substituted();
      case 'P' -> modified(Qualifier.POINTER);
      case 'R' -> modified(Qualifier.REFERENCE);
      case 'O' -> modified(Qualifier.RVALUE_REFERENCE);
      case 'C' -> modified(Qualifier.COMPLEX);
      case 'G' -> modified(Qualifier.IMAGINARY);
      case 'U' -> parser.substitutions.add(vendorQualified());
      case 'D' -> extended();
      default -> parser.substitutions.add(parser.names.name());
    };
  }

  private Node lowerCase() {
    if (in.accept('u')) {
      return parser.substitutions.add(parser.names.sourceName());
    }
    return builtin(String.valueOf(in.next()));
  }

  private static Node builtin(String code) {
    Node type = Tables.type(code);
    if (type == null) {
      throw NotMangled.INSTANCE;
    }
    return type;
  }

  private Node modified(Qualifier qualifier) {
    in.skip(1);
    return parser.substitutions.add(new Node.Modified(qualifier, type(), null));
  }

  private Node vendorQualified() {
    in.skip(1);
    Node name = parser.names.sourceName();
    if (in.peek() == 'I') {
      name = new Node.Template(name, parser.names.templateArguments());
    }
    return new Node.Modified(Qualifier.VENDOR, type(), name);
  }

  private Node substituted() {
    char next = in.peek(1);
    if (next == '_' || Scanner.isDigit(next) || Scanner.isUpper(next)) {
      Node found = parser.names.substitution(false);
      return in.peek() == 'I'
          ? parser.substitutions.add(new Node.Template(found, parser.names.templateArguments()))
          : found;
    }
    Node name = parser.names.name();
    return name instanceof Node.Standard ? name : parser.substitutions.add(name);
  }

  Node templateParameter() {
    in.expect('T');
    return new Node.TemplateParameter(in.compactNumber());
  }

  /// A template parameter, or a template template parameter with its arguments. Arguments behind
  /// the type of a conversion function belong to the function, unless more arguments follow.
  private Node parameterType() {
    Node parameter = templateParameter();
    if (in.peek() != 'I') {
      return parameter;
    }
    if (!parser.inConversion) {
      parser.substitutions.add(parameter);
      return new Node.Template(parameter, parser.names.templateArguments());
    }
    int position = in.position();
    int known = parser.substitutions.size();
    Node.TemplateArguments arguments = parser.names.templateArguments();
    if (in.peek() != 'I') {
      in.moveTo(position);
      parser.substitutions.cutTo(known);
      return parameter;
    }
    parser.substitutions.add(parameter);
    return new Node.Template(parameter, arguments);
  }

  private Node pointerToMember() {
    in.skip(1);
    Node owner = type();
    return new Node.PointerToMember(owner, type());
  }

  private Node array() {
    in.skip(1);
    Node dimension = null;
    if (Scanner.isDigit(in.peek())) {
      int start = in.position();
      while (Scanner.isDigit(in.peek())) {
        in.skip(1);
      }
      dimension = new Node.Name(in.since(start));
    } else if (in.peek() != '_') {
      dimension = parser.expressions.expression();
    }
    in.expect('_');
    return new Node.Array(dimension, type());
  }

  private Node extended() {
    in.skip(1);
    char kind = in.next();
    return switch (kind) {
      case 'T', 't' -> {
        Node expression = parser.expressions.expression();
        in.expect('E');
        yield parser.substitutions.add(new Node.Decltype(expression));
      }
      case 'p' -> parser.substitutions.add(new Node.PackExpansion(type()));
      case 'a' -> AUTO;
      case 'c' -> DECLTYPE_AUTO;
      case 'v' -> parser.substitutions.add(vector());
      case 'F' -> floating();
      default -> builtin("D" + kind);
    };
  }

  private Node vector() {
    Node dimension;
    if (in.accept('_')) {
      dimension = parser.expressions.expression();
    } else {
      dimension = new Node.Name(String.valueOf(in.number()));
    }
    in.expect('_');
    return new Node.Vector(dimension, type());
  }

  /// `DF16_`, `DF32x`, `DF16b`.
  private Node floating() {
    int bits = in.number();
    if (in.accept('b')) {
      return new Node.Builtin("float", "std::bfloat" + bits + "_t");
    } else if (in.accept('x')) {
      return new Node.Builtin("float", "_Float" + bits + "x");
    }
    in.expect('_');
    return new Node.Builtin("float", "_Float" + bits);
  }

  private record FunctionRead(Node.Function function, @Nullable Qualifier reference) {}

  private FunctionRead function() {
    in.expect('F');
    in.accept('Y');
    Node.Function function = bareFunction(true);
    Qualifier reference = parser.names.referenceQualifier();
    in.expect('E');
    return new FunctionRead(function, reference);
  }

  private Node functionType() {
    FunctionRead read = function();
    Qualifier reference = read.reference();
    return reference == null
        ? read.function()
        : new Node.Modified(reference, read.function(), null);
  }

  /// Return type and parameters, without what encloses them.
  Node.Function bareFunction(boolean withResult) {
    boolean hasResult = in.accept('J') || withResult;
    Node result = hasResult ? type() : null;
    return new Node.Function(result, parameters());
  }

  Node.Arguments parameters() {
    List<Node> parameters = new ArrayList<>();
    while (!isEndOfParameters()) {
      parameters.add(type());
    }
    if (parameters.isEmpty()) {
      throw NotMangled.INSTANCE;
    }
    boolean none =
        parameters.size() == 1
            && parameters.getFirst() instanceof Node.Builtin only
            && "void".equals(only.text());
    return new Node.Arguments(none ? List.of() : parameters);
  }

  private boolean isEndOfParameters() {
    char next = in.peek();
    return next == 0
        || next == 'E'
        || next == '.'
        || ((next == 'R' || next == 'O') && in.peek(1) == 'E');
  }
}
