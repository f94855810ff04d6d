package trapline.demangle;

import java.util.ArrayList;
import java.util.List;

/// What a later `S_`, `S0_` … of the same name stands for.
final class Substitutions {
  private final List<Node> nodes = new ArrayList<>();

  <T extends Node> T add(T node) {
    nodes.add(node);
    return node;
  }

  Node get(int index) {
    if (index >= nodes.size()) {
      throw NotMangled.INSTANCE;
    }
    return nodes.get(index);
  }

  int size() {
    return nodes.size();
  }

  void cutTo(int size) {
    nodes.subList(size, nodes.size()).clear();
  }
}
