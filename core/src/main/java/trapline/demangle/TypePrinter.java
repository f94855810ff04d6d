package trapline.demangle;

import org.jspecify.annotations.Nullable;

/// Writes types and the names that are declared with them. A declaration in C++ is written from the
/// inside out: what modifies a type waits in a list, until a function or an array takes it between
/// its parts, or until nothing does.
final class TypePrinter {
  /// Something that waits to be written.
  static final class Modifier {
    private final Node node;
    private final @Nullable Modifier next;
    private final TemplateScopes.@Nullable Scope scope;
    private boolean written;

    private Modifier(Node node, @Nullable Modifier next, TemplateScopes.@Nullable Scope scope) {
      this.node = node;
      this.next = next;
      this.scope = scope;
    }
  }

  private final CxxPrinter printer;
  private final PrintedName out;

  /// The innermost modifier that waits.
  private @Nullable Modifier waiting;

  TypePrinter(CxxPrinter printer) {
    this.printer = printer;
    this.out = printer.out;
  }

  /// Takes all that waits aside.
  @Nullable Modifier hold() {
    Modifier held = waiting;
    waiting = null;
    return held;
  }

  void restore(@Nullable Modifier held) {
    waiting = held;
  }

  void write(Node node) {
    switch (node) {
      case Node.Typed typed -> typed(typed);
      case Node.Modified modified -> modified(modified);
      case Node.PointerToMember pointer -> modifying(pointer, pointer.member());
      case Node.Vector vector -> modifying(vector, vector.element());
      case Node.Array array -> array(array);
      case Node.Function function -> function(function);
      default -> throw new IllegalArgumentException(node.getClass().getSimpleName());
    }
  }

  private Modifier push(Node node) {
    waiting = new Modifier(node, waiting, printer.scopes.current());
    return waiting;
  }

  /// Writes `inner` with `modifier` waiting, and the modifier behind it when nothing took it.
  private void modifying(Node modifier, Node inner) {
    Modifier before = waiting;
    Modifier pushed = push(modifier);
    printer.write(inner);
    if (!pushed.written) {
      modifier(modifier);
    }
    waiting = before;
  }

  private void modified(Node.Modified node) {
    Node inner = node.inner();
    if (inner == null) {
      return;
    }
    switch (node.qualifier()) {
      case CONST, VOLATILE, RESTRICT -> {
        if (isQualifiedAlready(node.qualifier())) {
          printer.write(inner);
        } else {
          modifying(node, inner);
        }
      }
      case REFERENCE, RVALUE_REFERENCE -> reference(node, inner);
      default -> modifying(node, inner);
    }
  }

  /// An array's qualifiers are those of its elements, which may have them, too.
  private boolean isQualifiedAlready(Qualifier qualifier) {
    for (Modifier each = waiting; each != null; each = each.next) {
      if (!each.written) {
        if (!(each.node instanceof Node.Modified outer) || !outer.qualifier().isOfType()) {
          return false;
        }
        if (outer.qualifier() == qualifier) {
          return true;
        }
      }
    }
    return false;
  }

  /// A reference to a reference is one reference, and `&` wins over `&&`.
  private void reference(Node.Modified node, Node inner) {
    TemplateScopes scopes = printer.scopes;
    TemplateScopes.Scope before = scopes.current();
    Node referred = inner;
    if (!printer.isInLambda() && inner instanceof Node.TemplateParameter parameter) {
      scopes.enterReferred(node, parameter);
      referred = scopes.argument(parameter);
    }
    Node.Modified shown = node;
    Node written = inner;
    if (referred instanceof Node.Modified other
        && other.inner() != null
        && (other.qualifier() == Qualifier.REFERENCE || other.qualifier() == node.qualifier())) {
      shown = other;
      written = other.inner();
    } else if (referred instanceof Node.Modified other
        && other.inner() != null
        && other.qualifier() == Qualifier.RVALUE_REFERENCE) {
      written = other.inner();
    }
    modifying(shown, written);
    scopes.to(before);
  }

  /// A function's name goes to where its type wants it.
  private void typed(Node.Typed typed) {
    Modifier held = hold();
    Node name = typed.name();
    push(name);
    while (name instanceof Node.Modified modified
        && modified.qualifier().isOfFunction()
        && modified.inner() != null) {
      name = modified.inner();
      push(name);
    }
    if (name instanceof Node.Local local) {
      name = qualifiersOfLocal(local);
    }
    TemplateScopes.Scope before = printer.scopes.current();
    if (name instanceof Node.Template template) {
      printer.scopes.push(template);
    }
    printer.write(typed.type());
    printer.scopes.to(before);
    for (Modifier each = waiting; each != null; each = each.next) {
      if (!each.written) {
        out.append(' ');
        modifier(each.node);
      }
    }
    waiting = held;
  }

  /// The qualifiers of a member function of a local class are inside of the local name, but belong
  /// behind the function's parameters.
  private Node qualifiersOfLocal(Node.Local local) {
    Node name = withoutDefaultArgument(local.name());
    while (name instanceof Node.Modified modified
        && modified.qualifier().isOfFunction()
        && modified.inner() != null) {
      Modifier whole = waiting;
      waiting = whole == null ? null : whole.next;
      push(modified);
      push(local);
      name = modified.inner();
    }
    return name;
  }

  private static Node withoutDefaultArgument(Node name) {
    return name instanceof Node.DefaultArgument argument ? argument.name() : name;
  }

  private void function(Node.Function function) {
    if (function.result() != null) {
      Modifier before = waiting;
      Modifier pushed = push(function);
      printer.write(function.result());
      waiting = before;
      if (pushed.written) {
        return;
      }
      out.append(' ');
    }
    function(function, waiting);
  }

  private void function(Node.Function function, @Nullable Modifier modifiers) {
    boolean parentheses = false;
    boolean space = false;
    for (Modifier each = modifiers; each != null && !each.written; each = each.next) {
      if (each.node instanceof Node.PointerToMember) {
        parentheses = true;
        space = true;
      } else if (each.node instanceof Node.Modified modified) {
        switch (modified.qualifier()) {
          case POINTER, REFERENCE, RVALUE_REFERENCE -> parentheses = true;
          case RESTRICT, VOLATILE, CONST, VENDOR, COMPLEX, IMAGINARY -> {
            parentheses = true;
            space = true;
          }
          default -> {}
        }
      }
      if (parentheses) {
        break;
      }
    }
    if (parentheses) {
      if (!space && out.last() != '(' && out.last() != '*') {
        space = true;
      }
      if (space && out.last() != ' ') {
        out.append(' ');
      }
      out.append('(');
    }
    Modifier held = hold();
    modifiers(modifiers, false);
    if (parentheses) {
      out.append(')');
    }
    out.append('(');
    printer.write(function.parameters());
    out.append(')');
    modifiers(modifiers, true);
    waiting = held;
  }

  private void array(Node.Array array) {
    Modifier held = waiting;
    Modifier pushed = push(array);
    for (Modifier each = held; each != null && isOfType(each.node); each = each.next) {
      if (!each.written) {
        waiting = new Modifier(each.node, waiting, each.scope);
        each.written = true;
      }
    }
    Modifier inner = waiting;
    printer.write(array.element());
    waiting = held;
    if (pushed.written) {
      return;
    }
    for (Modifier each = inner; each != null && each != pushed; each = each.next) {
      modifier(each.node);
    }
    array(array, held);
  }

  private static boolean isOfType(Node node) {
    return node instanceof Node.Modified modified && modified.qualifier().isOfType();
  }

  private void array(Node.Array array, @Nullable Modifier modifiers) {
    boolean space = true;
    if (modifiers != null) {
      boolean parentheses = false;
      for (Modifier each = modifiers; each != null; each = each.next) {
        if (!each.written) {
          space = !(each.node instanceof Node.Array);
          parentheses = space;
          break;
        }
      }
      if (parentheses) {
        out.append(" (");
      }
      modifiers(modifiers, false);
      if (parentheses) {
        out.append(')');
      }
    }
    if (space) {
      out.append(' ');
    }
    out.append('[');
    if (array.dimension() != null) {
      printer.write(array.dimension());
    }
    out.append(']');
  }

  /// Writes what waits, from the inside out.
  ///
  /// @param behind whether what stands behind a function's parameters is written, too
  private void modifiers(@Nullable Modifier first, boolean behind) {
    for (Modifier each = first; each != null; each = each.next) {
      if (each.written || (!behind && isOfFunction(each.node))) {
        continue;
      }
      each.written = true;
      TemplateScopes.Scope before = printer.scopes.current();
      printer.scopes.to(each.scope);
      boolean takesTheRest = true;
      if (each.node instanceof Node.Function function) {
        function(function, each.next);
      } else if (each.node instanceof Node.Array array) {
        array(array, each.next);
      } else if (each.node instanceof Node.Local local) {
        local(local);
      } else {
        modifier(each.node);
        takesTheRest = false;
      }
      printer.scopes.to(before);
      if (takesTheRest) {
        return;
      }
    }
  }

  private static boolean isOfFunction(Node node) {
    return node instanceof Node.Modified modified && modified.qualifier().isOfFunction();
  }

  private void local(Node.Local local) {
    Modifier held = hold();
    printer.write(local.function());
    waiting = held;
    out.append("::");
    Node name = local.name();
    if (name instanceof Node.DefaultArgument argument) {
      out.append("{default arg#");
      out.append(argument.index() + 1L);
      out.append("}::");
      name = argument.name();
    }
    while (name instanceof Node.Modified modified
        && modified.qualifier().isOfFunction()
        && modified.inner() != null) {
      name = modified.inner();
    }
    printer.write(name);
  }

  private void modifier(Node node) {
    switch (node) {
      case Node.PointerToMember pointer -> {
        if (out.last() != '(') {
          out.append(' ');
        }
        printer.write(pointer.owner());
        out.append("::*");
      }
      case Node.Vector vector -> {
        out.append(" __vector(");
        printer.write(vector.dimension());
        out.append(')');
      }
      case Node.Modified modified -> qualifier(modified);
      case Node.Typed typed -> printer.write(typed.name());
      default -> printer.write(node);
    }
  }

  private void qualifier(Node.Modified modified) {
    out.append(modified.qualifier().text());
    Node argument = modified.argument();
    if (modified.qualifier() == Qualifier.VENDOR && argument != null) {
      out.append(' ');
      printer.write(argument);
    } else if (argument != null) {
      out.append('(');
      printer.write(argument);
      out.append(')');
    }
  }
}
