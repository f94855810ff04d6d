package trapline.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a C++ name. Parts are shared: a substitution stands for a node met before.
sealed interface Node {
  /// What it consists of, as far as a parameter pack may hide in it, in their order.
  default List<Node> parts() {
    return List.of();
  }

  private static List<Node> known(@Nullable Node... nodes) {
    List<Node> list = new ArrayList<>(nodes.length);
    for (Node node : nodes) {
      if (node != null) {
        list.add(node);
      }
    }
    return list;
  }

  /// An identifier, or a text that stands for itself.
  record Name(String text) implements Node {}

  /// A name of the standard library that was abbreviated.
  record Standard(String text) implements Node {}

  /// `scope::name`.
  record Qualified(Node scope, Node name) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(scope, name);
    }
  }

  /// `function::name`, where the name is local to a function.
  record Local(Node function, Node name) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(function, name);
    }
  }

  /// What is in the default argument of a function's parameter.
  record DefaultArgument(int index, Node name) implements Node {}

  /// `name[abi:tag]`.
  record Tagged(Node name, String tag) implements Node {}

  /// `name@module`.
  record InModule(Node name, Module module) implements Node {}

  /// A C++20 module, or a partition of one.
  record Module(@Nullable Module parent, String name, boolean partition) implements Node {}

  /// A function's name with its type.
  record Typed(Node name, Function type) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(name, type);
    }
  }

  record Template(Node name, TemplateArguments arguments) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(name, arguments);
    }
  }

  record TemplateParameter(int index) implements Node {}

  /// `{parm#1}`; 0 is `this`.
  record FunctionParameter(int index) implements Node {}

  record Constructor(Node name) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(name);
    }
  }

  record Destructor(Node name) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(name);
    }
  }

  /// Something that the compiler made, as `vtable for`.
  record Special(String text, Node of) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(of);
    }
  }

  record ConstructionVtable(Node base, Node derived) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(base, derived);
    }
  }

  /// What stands before, behind or around a type: see [Qualifier].
  record Modified(Qualifier qualifier, @Nullable Node inner, @Nullable Node argument)
      implements Node {
    @Override
    public List<Node> parts() {
      return known(inner, argument);
    }
  }

  record PointerToMember(Node owner, Node member) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(owner, member);
    }
  }

  record Array(@Nullable Node dimension, Node element) implements Node {
    @Override
    public List<Node> parts() {
      return known(dimension, element);
    }
  }

  record Vector(Node dimension, Node element) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(dimension, element);
    }
  }

  record Function(@Nullable Node result, Arguments parameters) implements Node {
    @Override
    public List<Node> parts() {
      return known(result, parameters);
    }
  }

  /// The parameters of a function, or the operands of an expression.
  record Arguments(List<Node> parts) implements Node {}

  /// The arguments of a template, or a pack of them.
  record TemplateArguments(List<Node> parts) implements Node {}

  /// @param literals how literals of the type are written, as the table of types says
  record Builtin(String literals, String text) implements Node {}

  record Operator(String code, int operands, String text) implements Node {}

  /// An operator that only one compiler has.
  record VendorOperator(int operands, Node name) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(name);
    }
  }

  /// The name of a conversion function.
  record Conversion(Node type) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(type);
    }
  }

  /// `(type)` in an expression.
  record Cast(Node type) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(type);
    }
  }

  record Nullary(Node operator) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(operator);
    }
  }

  record Unary(Node operator, Node operand, boolean suffix) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(operator, operand);
    }
  }

  record Binary(Node operator, Node left, Node right) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(operator, left, right);
    }
  }

  record Trinary(Node operator, Node first, Node second, @Nullable Node third) implements Node {
    @Override
    public List<Node> parts() {
      return known(operator, first, second, third);
    }
  }

  record InitializerList(@Nullable Node type, Arguments values) implements Node {
    @Override
    public List<Node> parts() {
      return known(type, values);
    }
  }

  record VendorExpression(Node name, TemplateArguments arguments) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(name, arguments);
    }
  }

  record Literal(Node type, String value, boolean negative) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(type);
    }
  }

  record PackExpansion(Node pattern) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(pattern);
    }
  }

  record Decltype(Node expression) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(expression);
    }
  }

  /// @param index the first is 0
  record Lambda(Arguments parameters, int index) implements Node {}

  /// @param index the first is 0
  record Unnamed(int index) implements Node {}

  /// `[a, b]`.
  record StructuredBinding(Arguments names) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(names);
    }
  }

  /// A copy that the compiler made of a function, as for constant arguments.
  record Clone(Node function, String suffix) implements Node {}
}
