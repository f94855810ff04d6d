package trapline.kernel.run;

import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;

/// Finds the error that a function replaced by its own: `if (lookup(name) < 0) return -EINVAL;`.
final class Conversion {
  private static final int LARGEST = 4095;

  private Conversion() {}

  /// The function whose error was converted.
  ///
  /// @param node the function that said the error
  /// @param point where it made it
  /// @return `null` when the error is its own, as far as is known
  static @Nullable CallNode refused(
      History history, CodeCache code, ReturnTypes types, CallNode node, int point) {
    Decision decision = new Decision(history, code, node, point);
    CallNode asked = decision.lastAsked();
    if (asked == null || !decision.isDecidedBy(decision.testOf(asked))) {
      return null;
    }
    long answer = answer(asked, types);
    return answer < 0 && answer >= -LARGEST ? asked : null;
  }

  /// What a function returned, when it is one that returns errors; else 0.
  static long answer(CallNode call, ReturnTypes types) {
    ReturnType type = types.of(call.name());
    Long rax = call.rax();
    if (rax == null || (type != null && !type.kind().mayBeError())) {
      return 0;
    }
    Long value = ReturnType.valueOf(rax, type);
    return value == null ? 0 : value;
  }

  /// The sentence about it.
  ///
  /// @param first who said the error that was converted
  static String sentence(CallNode node, CallNode refused, CallNode first, int answer) {
    StringBuilder text = new StringBuilder(node.name());
    text.append(" says it for ").append(Errnos.of(-answer).name());
    text.append(", which ").append(refused.name()).append(" returned");
    if (first != refused) {
      text.append(" and ").append(first.name()).append(" said");
    }
    return text.append('.').toString();
  }
}
