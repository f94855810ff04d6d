package trapline.kernel.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.model.Place;
import trapline.model.RanFunction;

/// The functions that one thread ran in the kernel for one call.
///
/// @param root the outermost one
/// @param history the instructions, when they were recorded; `null` when only functions were
/// @param notes what else the reader must know, as sentences
public record CallTree(CallNode root, @Nullable History history, List<String> notes) {
  public CallTree {
    notes = List.copyOf(notes);
  }

  /// The tree as a fact.
  ///
  /// @param types what the functions return
  /// @param places where the source defines a function, by its name; may return `null`
  public RanFunction toModel(ReturnTypes types, Function<String, @Nullable Place> places) {
    return model(root, types, places);
  }

  /// One function without its calls.
  static RanFunction alone(
      CallNode node, ReturnTypes types, Function<String, @Nullable Place> places) {
    return model(node, List.of(), types, places);
  }

  /// The depth is bounded by [CallTreeBuilder#MAX_DEPTH].
  private static RanFunction model(
      CallNode node, ReturnTypes types, Function<String, @Nullable Place> places) {
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
      Function<String, @Nullable Place> places) {
    ReturnType type = types.of(node.name());
    Long rax = node.rax();
    boolean tells = rax != null && !Role.INTERRUPT.holds(node.name()) && !isException(node);
    return new RanFunction(
        node.name(),
        node.address(),
        places.apply(node.name()),
        node.cost(),
        tells ? ReturnType.valueOf(rax, type) : null,
        type == null ? "" : type.text(),
        calls);
  }

  private static boolean isException(CallNode node) {
    return Role.EXCEPTION.holds(node.name());
  }
}
