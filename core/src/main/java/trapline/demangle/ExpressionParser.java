package trapline.demangle;

import java.util.ArrayList;
import java.util.List;

/// Reads `<expression>` (Itanium C++ ABI, 5.1.6).
final class ExpressionParser {
  private final CxxParser parser;
  private final Scanner in;

  ExpressionParser(CxxParser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  Node expression() {
    boolean before = parser.inExpression;
    parser.inExpression = true;
    parser.budget.enter();
    Node expression = any();
    parser.budget.leave();
    parser.inExpression = before;
    return expression;
  }

  private Node any() {
    char next = in.peek();
    if (next == 'L') {
      return primary();
    } else if (next == 'T') {
      return parser.types.templateParameter();
    } else if (in.accept("sr")) {
      return scoped();
    } else if (in.accept("sp")) {
      return new Node.PackExpansion(expression());
    } else if (in.accept("fp")) {
      return new Node.FunctionParameter(in.accept('T') ? 0 : in.compactNumber() + 1);
    } else if (Scanner.isDigit(next) || (next == 'o' && in.peek(1) == 'n')) {
      in.accept("on");
      return withArguments(parser.names.unqualified(null, null));
    } else if (in.accept("il")) {
      return new Node.InitializerList(null, list('E'));
    } else if (in.accept("tl")) {
      Node type = parser.types.type();
      return new Node.InitializerList(type, list('E'));
    } else if (in.accept('u')) {
      Node name = parser.names.sourceName();
      return new Node.VendorExpression(name, parser.names.moreTemplateArguments());
    }
    return operation(parser.names.operator());
  }

  /// A name in a scope. The scope is a type, but where it begins with a plain name, it is a list of
  /// names up to an `E`; older compilers wrote a type there, too.
  private Node scoped() {
    Node scope;
    if (Scanner.isDigit(in.peek()) && parser.tryScopeLists()) {
      scope = parser.names.prefix(false);
      in.expect('E');
    } else {
      scope = parser.types.type();
    }
    return withArguments(parser.names.unqualified(scope, null));
  }

  private Node withArguments(Node name) {
    return in.peek() == 'I' ? new Node.Template(name, parser.names.templateArguments()) : name;
  }

  private Node operation(Node operator) {
    String code = operator instanceof Node.Operator known ? known.code() : "";
    int operands =
        switch (operator) {
          case Node.Operator known -> known.operands();
          case Node.VendorOperator vendor -> vendor.operands();
          default -> 1;
        };
    return switch (operands) {
      case 0 -> new Node.Nullary(operator);
      case 1 -> unary(operator, code);
      case 2 -> binary(operator, code);
      case 3 -> trinary(operator, code);
      default -> throw NotMangled.INSTANCE;
    };
  }

  private Node unary(Node operator, String code) {
    if ("st".equals(code)) {
      return new Node.Unary(operator, parser.types.type(), false);
    }
    boolean suffix = ("pp".equals(code) || "mm".equals(code)) && !in.accept('_');
    Node operand;
    if (operator instanceof Node.Cast && in.accept('_')) {
      operand = list('E');
    } else if ("sP".equals(code)) {
      operand = parser.names.moreTemplateArguments();
    } else {
      operand = expression();
    }
    return new Node.Unary(operator, operand, suffix);
  }

  private Node binary(Node operator, String code) {
    Node left =
        switch (code) {
          case "sc", "dc", "cc", "rc" -> parser.types.type();
          case "fl", "fr" -> parser.names.operator();
          case "di" -> parser.names.unqualified(null, null);
          default -> expression();
        };
    Node right =
        switch (code) {
          case "cl" -> list('E');
          case "dt", "pt" -> member();
          default -> expression();
        };
    return new Node.Binary(operator, left, right);
  }

  private Node member() {
    boolean qualified =
        (in.peek() == 'g' && in.peek(1) == 's') || (in.peek() == 's' && in.peek(1) == 'r');
    return qualified ? expression() : withArguments(parser.names.unqualified(null, null));
  }

  private Node trinary(Node operator, String code) {
    return switch (code) {
      case "qu", "dX" -> {
        Node first = expression();
        Node second = expression();
        yield new Node.Trinary(operator, first, second, expression());
      }
      case "fL", "fR" -> {
        Node first = parser.names.operator();
        Node second = expression();
        yield new Node.Trinary(operator, first, second, expression());
      }
      case "nw", "na" -> {
        Node placement = list('_');
        Node type = parser.types.type();
        Node initializer = null;
        if (in.accept("pi")) {
          initializer = list('E');
        } else if (in.peek() == 'i' && in.peek(1) == 'l') {
          initializer = expression();
        } else {
          in.expect('E');
        }
        yield new Node.Trinary(operator, placement, type, initializer);
      }
      default -> throw NotMangled.INSTANCE;
    };
  }

  private Node.Arguments list(char end) {
    List<Node> values = new ArrayList<>();
    while (!in.accept(end)) {
      values.add(expression());
    }
    return new Node.Arguments(values);
  }

  /// A literal, or the name of a function or object.
  Node primary() {
    in.expect('L');
    Node result;
    if (in.peek() == '_' || in.peek() == 'Z') {
      in.accept('_');
      in.expect('Z');
      result = parser.names.encoding();
    } else {
      Node type = parser.types.type();
      if (in.peek() == 'E'
          && type instanceof Node.Builtin builtin
          && "decltype(nullptr)".equals(builtin.text())) {
        result = type;
      } else {
        boolean negative = in.accept('n');
        int start = in.position();
        while (in.peek() != 'E') {
          if (in.atEnd()) {
            throw NotMangled.INSTANCE;
          }
          in.skip(1);
        }
        result = new Node.Literal(type, in.since(start), negative);
      }
    }
    in.expect('E');
    return result;
  }
}
