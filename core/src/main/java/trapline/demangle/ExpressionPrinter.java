package trapline.demangle;

import org.jspecify.annotations.Nullable;

/// Writes expressions, as they stand in template arguments and in types.
final class ExpressionPrinter {
  private final CxxPrinter printer;
  private final PrintedName out;
  private final Budget searching = new Budget();

  ExpressionPrinter(CxxPrinter printer) {
    this.printer = printer;
    this.out = printer.out;
  }

  void write(Node node) {
    switch (node) {
      case Node.Cast cast -> printer.castType(cast);
      case Node.Nullary nullary -> operator(nullary.operator());
      case Node.Unary unary -> unary(unary);
      case Node.Binary binary -> binary(binary);
      case Node.Trinary trinary -> trinary(trinary);
      case Node.InitializerList list -> {
        if (list.type() != null) {
          printer.write(list.type());
        }
        out.append('{');
        printer.write(list.values());
        out.append('}');
      }
      case Node.VendorExpression expression -> {
        printer.write(expression.name());
        out.append('(');
        printer.write(expression.arguments());
        out.append(')');
      }
      case Node.Literal literal -> literal(literal);
      case Node.PackExpansion expansion -> expansion(expansion);
      case Node.Decltype decltype -> {
        out.append("decltype (");
        printer.write(decltype.expression());
        out.append(')');
      }
      default -> throw new IllegalArgumentException(node.getClass().getSimpleName());
    }
  }

  private static String code(Node operator) {
    return operator instanceof Node.Operator known ? known.code() : "";
  }

  private void operator(Node operator) {
    if (operator instanceof Node.Operator known) {
      out.append(known.text());
    } else {
      printer.write(operator);
    }
  }

  /// In parentheses, unless it is a single name.
  private void operand(Node node) {
    boolean simple =
        node instanceof Node.Name
            || node instanceof Node.Qualified
            || node instanceof Node.InitializerList
            || node instanceof Node.FunctionParameter;
    if (!simple) {
      out.append('(');
    }
    printer.write(node);
    if (!simple) {
      out.append(')');
    }
  }

  private void inParentheses(Node node) {
    out.append('(');
    printer.write(node);
    out.append(')');
  }

  private void unary(Node.Unary unary) {
    String code = code(unary.operator());
    Node operand = unary.operand();
    if ("ad".equals(code)
        && operand instanceof Node.Typed typed
        && typed.name() instanceof Node.Qualified) {
      // The address of a function is written without its parameters.
      operand = typed.name();
    }
    if (unary.suffix()) {
      operand(operand);
      operator(unary.operator());
      return;
    }
    if ("sZ".equals(code)) {
      Node.TemplateArguments pack = printer.scopes.pack(operand, searching);
      out.append(pack == null ? 0 : pack.parts().size());
      return;
    }
    if ("sP".equals(code)) {
      out.append(length((Node.TemplateArguments) operand));
      return;
    }
    if (unary.operator() instanceof Node.Cast cast) {
      inParentheses(cast);
    } else {
      operator(unary.operator());
    }
    switch (code) {
      case "gs" -> printer.write(operand);
      case "st", "nx" -> inParentheses(operand);
      default -> operand(operand);
    }
  }

  /// How many arguments there are when packs are expanded.
  private int length(Node.TemplateArguments arguments) {
    int length = 0;
    for (Node argument : arguments.parts()) {
      Node.TemplateArguments pack =
          argument instanceof Node.PackExpansion expansion
              ? printer.scopes.pack(expansion.pattern(), searching)
              : null;
      length += pack == null ? 1 : pack.parts().size();
    }
    return length;
  }

  private void binary(Node.Binary binary) {
    String code = code(binary.operator());
    switch (code) {
      case "sc", "dc", "cc", "rc" -> {
        operator(binary.operator());
        out.append('<');
        int start = out.length();
        printer.write(binary.left());
        out.listEnds(start);
        out.append(">(");
        printer.write(binary.right());
        out.append(')');
      }
      case "fl" -> {
        out.append("(...");
        int before = foldStarts();
        operator(binary.left());
        operand(binary.right());
        printer.scopes.packIndex(before);
        out.append(')');
      }
      case "fr" -> {
        out.append('(');
        int before = foldStarts();
        operand(binary.right());
        operator(binary.left());
        printer.scopes.packIndex(before);
        out.append("...)");
      }
      case "di", "dx" -> designated(code, binary.left(), null, binary.right());
      default -> infix(binary, code);
    }
  }

  /// In a fold, a pack stands for all of its elements.
  private int foldStarts() {
    int before = printer.scopes.packIndex();
    printer.scopes.packIndex(-1);
    return before;
  }

  private void infix(Node.Binary binary, String code) {
    boolean greater = "gt".equals(code);
    if (greater) {
      // So that it does not end a list of template arguments.
      out.append('(');
    }
    if ("cl".equals(code) && binary.left() instanceof Node.Typed called) {
      operand(called.name());
    } else {
      operand(binary.left());
    }
    if ("ix".equals(code)) {
      out.append('[');
      printer.write(binary.right());
      out.append(']');
    } else {
      if (!"cl".equals(code)) {
        operator(binary.operator());
      }
      operand(binary.right());
    }
    if (greater) {
      out.append(')');
    }
  }

  private void trinary(Node.Trinary trinary) {
    String code = code(trinary.operator());
    Node third = trinary.third();
    switch (code) {
      case "qu" -> {
        operand(trinary.first());
        operator(trinary.operator());
        operand(trinary.second());
        out.append(" : ");
        if (third != null) {
          operand(third);
        }
      }
      case "dX" -> {
        if (third != null) {
          designated(code, trinary.first(), trinary.second(), third);
        }
      }
      case "fL", "fR" -> {
        out.append('(');
        int before = foldStarts();
        operand(trinary.second());
        operator(trinary.first());
        out.append("...");
        operator(trinary.first());
        if (third != null) {
          operand(third);
        }
        printer.scopes.packIndex(before);
        out.append(')');
      }
      default -> {
        out.append("new ");
        if (trinary.first() instanceof Node.Arguments placement && !placement.parts().isEmpty()) {
          operand(placement);
          out.append(' ');
        }
        printer.write(trinary.second());
        if (third != null) {
          operand(third);
        }
      }
    }
  }

  /// `.name=value`, `[index]=value` or `[first ... last]=value`; one may be inside of another.
  private void designated(String code, Node first, @Nullable Node last, Node value) {
    if ("di".equals(code)) {
      out.append('.');
      printer.write(first);
    } else {
      out.append('[');
      printer.write(first);
      if (last != null) {
        out.append(" ... ");
        printer.write(last);
      }
      out.append(']');
    }
    if (value instanceof Node.Binary inner
        && ("di".equals(code(inner.operator())) || "dx".equals(code(inner.operator())))) {
      printer.write(value);
    } else if (value instanceof Node.Trinary inner && "dX".equals(code(inner.operator()))) {
      printer.write(value);
    } else {
      out.append('=');
      operand(value);
    }
  }

  private void literal(Node.Literal literal) {
    String style = literal.type() instanceof Node.Builtin builtin ? builtin.literals() : "cast";
    String value = literal.value();
    if ("bool".equals(style)) {
      if (!literal.negative() && ("0".equals(value) || "1".equals(value))) {
        out.append("1".equals(value) ? "true" : "false");
        return;
      }
    } else if (!"cast".equals(style) && !"float".equals(style) && !value.isEmpty()) {
      if (literal.negative()) {
        out.append('-');
      }
      out.append(value);
      out.append("plain".equals(style) ? "" : style);
      return;
    }
    inParentheses(literal.type());
    if (literal.negative()) {
      out.append('-');
    }
    if ("float".equals(style)) {
      out.append('[');
      out.append(value);
      out.append(']');
    } else {
      out.append(value);
    }
  }

  private void expansion(Node.PackExpansion expansion) {
    Node pattern = expansion.pattern();
    Node.TemplateArguments pack =
        printer.isInLambda() ? null : printer.scopes.pack(pattern, searching);
    if (pack == null) {
      // Of function parameters only: their number is not in the name.
      operand(pattern);
      out.append("...");
      return;
    }
    int before = printer.scopes.packIndex();
    for (int i = 0; i < pack.parts().size(); i++) {
      if (i > 0) {
        out.append(", ");
      }
      printer.scopes.packIndex(i);
      printer.write(pattern);
    }
    printer.scopes.packIndex(before);
  }
}
