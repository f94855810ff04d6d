package trapline.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;

/// A journey's hops by their kind.
final class Road {
  private final Map<HopKind, Hop> hops = new EnumMap<>(HopKind.class);

  Road(Journey journey) {
    for (Hop hop : journey.hops()) {
      hops.putIfAbsent(hop.kind(), hop);
    }
  }

  @Nullable Hop get(HopKind kind) {
    return hops.get(kind);
  }

  /// Whether something is known of the hop, be it that it is missing and why.
  boolean has(HopKind kind) {
    return hops.containsKey(kind);
  }

  boolean isMissing(HopKind kind) {
    return hops.get(kind) instanceof Hop.Missing;
  }

  /// Whether the hop is there with its facts.
  boolean isEstablished(HopKind kind) {
    return has(kind) && !isMissing(kind);
  }

  /// The object file that the user's line is in.
  String userModule() {
    if (get(HopKind.SOURCE_LINE) instanceof Hop.SourceLine line
        && line.user() >= 0
        && line.user() < line.stack().size()) {
      return line.frame().module();
    }
    return get(HopKind.CALL_SITE) instanceof Hop.CallSite site ? site.module() : "";
  }

  /// The object file that made the call to the library, or trapped by itself.
  String callingModule() {
    return get(HopKind.CALL_SITE) instanceof Hop.CallSite site ? site.module() : userModule();
  }

  /// The object file that the trap is in.
  String trapModule() {
    return get(HopKind.SYSCALL_INSTRUCTION) instanceof Hop.SyscallInstruction in ? in.module() : "";
  }

  /// The hops of a part of the way, in their order.
  static HopKind[] of(HopKind.Side side) {
    List<HopKind> kinds = new ArrayList<>();
    for (HopKind kind : HopKind.values()) {
      if (kind.side() == side) {
        kinds.add(kind);
      }
    }
    return kinds.toArray(new HopKind[0]);
  }

  /// The short name of a hop in the left column.
  static String label(HopKind kind) {
    return switch (kind) {
      case SOURCE_LINE -> "source";
      case CALL_SITE -> "call site";
      case PLT -> "plt";
      case WRAPPER -> "wrapper";
      case SYSCALL_INSTRUCTION -> "trap";
      case KERNEL_ENTRY -> "entry";
      case TABLE_ROW -> "table";
      case DECLARATION -> "declared";
      case IMPLEMENTATION -> "defined";
      case KERNEL_FUNCTION -> "ran";
      case RETURN -> "return";
    };
  }
}
