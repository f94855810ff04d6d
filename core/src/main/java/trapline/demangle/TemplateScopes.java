package trapline.demangle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which template's arguments a template parameter stands for.
final class TemplateScopes {
  /// A template, inside of those behind it.
  record Scope(Node.Template template, @Nullable Scope outer) {}

  private @Nullable Scope current;

  /// The element of a pack that is being written; without one the pack as a whole.
  private int packIndex;

  /// What is being written, the innermost first.
  private final Deque<Node> path = new ArrayDeque<>();

  /// The scope in which a parameter behind a reference was first met: as a substitution it stands
  /// for the same argument.
  private final IdentityHashMap<Node, Saved> firstMet = new IdentityHashMap<>();

  private record Saved(@Nullable Scope scope) {}

  void enter(Node node) {
    path.push(node);
  }

  void leave() {
    path.pop();
  }

  @Nullable Scope current() {
    return current;
  }

  void to(@Nullable Scope scope) {
    current = scope;
  }

  void push(Node.Template template) {
    current = new Scope(template, current);
  }

  void toOuter() {
    if (current != null) {
      current = current.outer();
    }
  }

  int packIndex() {
    return packIndex;
  }

  void packIndex(int index) {
    packIndex = index;
  }

  /// The argument that the parameter stands for; of a pack the element that is being written.
  Node argument(Node.TemplateParameter parameter) {
    Node found = argumentOrPack(parameter);
    if (found instanceof Node.TemplateArguments pack && packIndex >= 0) {
      return at(pack.parts(), packIndex);
    }
    return found;
  }

  private Node argumentOrPack(Node.TemplateParameter parameter) {
    if (current == null) {
      throw NotMangled.INSTANCE;
    }
    return at(current.template().arguments().parts(), parameter.index());
  }

  private static Node at(List<Node> nodes, int index) {
    if (index >= nodes.size()) {
      throw NotMangled.INSTANCE;
    }
    return nodes.get(index);
  }

  /// Goes to the scope in which `parameter`, that `reference` refers to, was first met, unless it
  /// is inside of itself.
  void enterReferred(Node reference, Node.TemplateParameter parameter) {
    Saved saved = firstMet.get(parameter);
    if (saved == null) {
      firstMet.put(parameter, new Saved(current));
    } else if (!isInside(reference, parameter)) {
      current = saved.scope();
    }
  }

  @SuppressWarnings("ReferenceEquality") // a node's place in the tree is meant, not its value
  private boolean isInside(Node reference, Node parameter) {
    boolean first = true;
    for (Node node : path) {
      if (node == parameter || (node == reference && !first)) {
        return true;
      }
      first = false;
    }
    return false;
  }

  /// The pack that a pattern is expanded by; `null` when it names none.
  Node.@Nullable TemplateArguments pack(Node pattern, Budget budget) {
    budget.enter();
    Node.TemplateArguments found = null;
    if (pattern instanceof Node.TemplateParameter parameter) {
      found = argumentOrPack(parameter) instanceof Node.TemplateArguments pack ? pack : null;
    } else if (!(pattern instanceof Node.PackExpansion)) {
      for (Node part : pattern.parts()) {
        found = pack(part, budget);
        if (found != null) {
          break;
        }
      }
    }
    budget.leave();
    return found;
  }
}
