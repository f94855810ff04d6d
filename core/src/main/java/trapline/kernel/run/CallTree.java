package trapline.kernel.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.model.Place;
import trapline.model.RanFunction;

/// The functions that one thread ran in the kernel for one call.
public final class CallTree {
  private final CallNode root;
  private final @Nullable History history;
  private final List<String> notes;

  /// @param history the instructions, when they were recorded; `null` when only functions were
  CallTree(CallNode root, @Nullable History history, List<String> notes) {
    this.root = root;
    this.history = history;
    this.notes = List.copyOf(notes);
  }

  /// A call of which no function was seen to run.
  public static CallTree untraced() {
    return new CallTree(new CallNode(null, "do_syscall_64", 0, false), null, List.of());
  }

  /// The names of all functions in it, each once, without those of interrupts.
  public java.util.Set<String> names() {
    java.util.Set<String> names = new java.util.LinkedHashSet<>();
    java.util.ArrayDeque<CallNode> open = new java.util.ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      CallNode node = open.pop();
      if (node.interrupt == null) {
        names.add(node.name());
        open.addAll(node.calls());
      }
    }
    return names;
  }

  /// The outermost function.
  public CallNode root() {
    return root;
  }

  @Nullable History history() {
    return history;
  }

  /// What else the reader must know, as sentences.
  public List<String> notes() {
    return notes;
  }

  /// The tree as a fact.
  ///
  /// @param types what the functions return
  /// @param places where the source defines a function, by its name
  public RanFunction toModel(ReturnTypes types, Function<String, List<Place>> places) {
    return model(root, types, places);
  }

  /// One function without its calls.
  static RanFunction alone(CallNode node, ReturnTypes types, Function<String, List<Place>> places) {
    return model(node, List.of(), types, places);
  }

  /// The depth is bounded by [CallTreeBuilder#MAX_DEPTH].
  private static RanFunction model(
      CallNode node, ReturnTypes types, Function<String, List<Place>> places) {
    List<RanFunction> calls = new ArrayList<>(node.calls().size());
    for (CallNode call : node.calls()) {
      calls.add(model(call, types, places));
    }
    return model(node, calls, types, places);
  }

  private static RanFunction model(
      CallNode node,
      List<RanFunction> calls,
      ReturnTypes types,
      Function<String, List<Place>> places) {
    ReturnType type = types.of(node.name());
    Long rax = node.rax();
    return new RanFunction(
        node.name(),
        node.address(),
        places.apply(node.name()),
        node.cost(),
        rax == null || node.isEvent ? null : ReturnType.valueOf(rax, type),
        type == null ? "" : type.text(),
        calls);
  }
}
