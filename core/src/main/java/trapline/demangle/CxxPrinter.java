package trapline.demangle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a C++ name's parts. Template parameters are looked up while they are written: which
/// arguments they stand for depends on what they are written in.
final class CxxPrinter {
  final PrintedName out = new PrintedName();
  final TemplateScopes scopes = new TemplateScopes();

  private final Budget budget = new Budget();
  private final TypePrinter types = new TypePrinter(this);
  private final ExpressionPrinter expressions = new ExpressionPrinter(this);

  /// Above 0 in the parameters of a lambda, whose template parameters were `auto`.
  private int inLambda;

  /// The innermost template; a conversion function's type may name its parameters.
  private Node.@Nullable Template template;

  private CxxPrinter() {}

  static PrintedName print(Node name) {
    CxxPrinter printer = new CxxPrinter();
    printer.write(name);
    return printer.out;
  }

  boolean isInLambda() {
    return inLambda > 0;
  }

  void write(Node node) {
    budget.enter();
    scopes.enter(node);
    dispatch(node);
    scopes.leave();
    budget.leave();
  }

  private void dispatch(Node node) {
    switch (node) {
      case Node.Name name -> out.append(name.text());
      case Node.Standard standard -> out.append(standard.text());
      case Node.Builtin builtin -> out.append(builtin.text());
      case Node.Qualified name -> scoped(name.scope(), name.name());
      case Node.Local name -> scoped(name.function(), name.name());
      case Node.DefaultArgument argument -> defaultArgument(argument);
      case Node.Tagged tagged -> {
        write(tagged.name());
        out.append("[abi:");
        out.append(tagged.tag());
        out.append(']');
      }
      case Node.InModule entity -> {
        write(entity.name());
        out.append('@');
        write(entity.module());
      }
      case Node.Module module -> module(module);
      case Node.Template template -> template(template);
      case Node.TemplateParameter parameter -> templateParameter(parameter);
      case Node.FunctionParameter parameter -> functionParameter(parameter);
      case Node.Constructor constructor -> write(constructor.name());
      case Node.Destructor destructor -> {
        out.append('~');
        write(destructor.name());
      }
      case Node.Special special -> {
        out.append(special.text());
        write(special.of());
      }
      case Node.ConstructionVtable vtable -> {
        out.append("construction vtable for ");
        write(vtable.base());
        out.append("-in-");
        write(vtable.derived());
      }
      case Node.Arguments arguments -> list(arguments.parts());
      case Node.TemplateArguments arguments -> list(arguments.parts());
      case Node.Operator operator -> operator(operator);
      case Node.VendorOperator operator -> {
        out.append("operator ");
        write(operator.name());
      }
      case Node.Conversion conversion -> {
        out.append("operator ");
        conversion(conversion);
      }
      case Node.Lambda lambda -> lambda(lambda);
      case Node.Unnamed unnamed -> {
        out.append("{unnamed type#");
        out.append(unnamed.index() + 1L);
        out.append('}');
      }
      case Node.StructuredBinding binding -> {
        out.append('[');
        write(binding.names());
        out.append(']');
      }
      case Node.Clone clone -> {
        write(clone.function());
        out.append(" [clone ");
        out.append(clone.suffix());
        out.append(']');
      }
      case Node.Typed _,
          Node.Modified _,
          Node.PointerToMember _,
          Node.Array _,
          Node.Vector _,
          Node.Function _ ->
          types.write(node);
      case Node.Cast _,
          Node.Nullary _,
          Node.Unary _,
          Node.Binary _,
          Node.Trinary _,
          Node.InitializerList _,
          Node.VendorExpression _,
          Node.Literal _,
          Node.PackExpansion _,
          Node.Decltype _ ->
          expressions.write(node);
    }
  }

  private void scoped(Node scope, Node name) {
    write(scope);
    out.append("::");
    write(name);
  }

  private void defaultArgument(Node.DefaultArgument argument) {
    out.append("{default arg#");
    out.append(argument.index() + 1L);
    out.append("}::");
    write(argument.name());
  }

  private void module(Node.Module module) {
    Node.Module parent = module.parent();
    if (parent != null) {
      write(parent);
    }
    if (module.partition()) {
      out.append(':');
    } else if (parent != null) {
      out.append('.');
    }
    out.append(module.name());
  }

  /// What a template is used for must not change how its arguments are written.
  private void template(Node.Template node) {
    Node.Template before = template;
    template = node;
    TypePrinter.Modifier modifiers = types.hold();
    write(node.name());
    templateArguments(node.arguments());
    types.restore(modifiers);
    template = before;
  }

  private void templateArguments(Node.TemplateArguments arguments) {
    if (out.last() == '<') {
      out.append(' ');
    }
    out.append('<');
    int start = out.length();
    write(arguments);
    if (out.last() == '>') {
      out.append(' ');
    }
    out.listEnds(start);
    out.append('>');
  }

  private void templateParameter(Node.TemplateParameter parameter) {
    if (isInLambda()) {
      out.append("auto:");
      out.append(parameter.index() + 1L);
      return;
    }
    Node argument = scopes.argument(parameter);
    TemplateScopes.Scope before = scopes.current();
    scopes.toOuter();
    write(argument);
    scopes.to(before);
  }

  private void functionParameter(Node.FunctionParameter parameter) {
    if (parameter.index() == 0) {
      out.append("this");
    } else {
      out.append("{parm#");
      out.append(parameter.index());
      out.append('}');
    }
  }

  private void operator(Node.Operator operator) {
    out.append("operator");
    if (Scanner.isLower(operator.text().charAt(0))) {
      out.append(' ');
    }
    out.append(operator.text().stripTrailing());
  }

  private void lambda(Node.Lambda lambda) {
    out.append("{lambda(");
    inLambda++;
    write(lambda.parameters());
    inLambda--;
    out.append(")#");
    out.append(lambda.index() + 1L);
    out.append('}');
  }

  /// The arguments of a conversion function that is a template are known in its type, but not in
  /// themselves.
  private void conversion(Node.Conversion conversion) {
    TemplateScopes.Scope before = scopes.current();
    if (template != null) {
      scopes.push(template);
    }
    if (conversion.type() instanceof Node.Template type) {
      write(type.name());
      scopes.to(before);
      templateArguments(type.arguments());
    } else {
      write(conversion.type());
      scopes.to(before);
    }
  }

  /// A cast's type.
  void castType(Node.Cast cast) {
    if (cast.type() instanceof Node.Template type) {
      TemplateScopes.Scope before = scopes.current();
      scopes.push(type);
      write(type.name());
      scopes.to(before);
      templateArguments(type.arguments());
    } else {
      write(cast.type());
    }
  }

  /// With commas between them. An argument that is written as nothing, as an empty pack is, keeps
  /// its comma unless everything behind it is nothing, too.
  void list(List<Node> nodes) {
    int[] beforeComma = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      if (i > 0) {
        beforeComma[i] = out.length();
        out.append(", ");
      }
      write(nodes.get(i));
    }
    for (int i = nodes.size() - 1; i > 0 && out.length() == beforeComma[i] + 2; i--) {
      out.cutTo(beforeComma[i]);
    }
  }
}
