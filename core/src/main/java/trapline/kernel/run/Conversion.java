package trapline.kernel.run;

import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;

/// Finds the answer of another function for which a function said an error: an error that it
/// replaced by its own (`if (lookup(name) < 0) return -EINVAL;`), or `NULL` or `false`.
///
/// The error may have been loaded before that function was called (`error = -EINVAL; if
/// (!lookup(name)) goto out;`). Then the last answer that was looked at before the return decided,
/// if nothing else was decided behind it, and the other way was not to return the same.
final class Conversion {
  private static final int LARGEST = 4095;

  /// Whether the answer was what decided.
  enum Certainty {
    DECIDED,
    /// It answered with an error, and something else may have decided.
    POSSIBLE
  }

  /// @param asked the function that answered
  record Refusal(CallNode asked, Certainty certainty) {}

  private Conversion() {}

  /// For whose answer a function said an error.
  ///
  /// @param node the function that said it
  /// @param point where it made it
  /// @param value the error, negative
  /// @return `null` when it is its own, as far as is known
  static @Nullable Refusal refused(
      History history, CodeCache code, ReturnTypes types, CallNode node, int point, int value) {
    int end = last(history, node);
    Decision late = new Decision(history, code, node, end);
    CallNode after = late.lastAsked();
    if (after != null && after.firstPoint > point && !answerText(after, types).isEmpty()) {
      int test = late.testOf(after);
      boolean isLast = late.isDecidedBy(test);
      if (isLast && !late.sameOtherwise(test, value)) {
        return new Refusal(after, Certainty.DECIDED);
      }
      if (!isLast && isError(after, types)) {
        return new Refusal(after, Certainty.POSSIBLE);
      }
    }
    Decision decision = new Decision(history, code, node, point);
    CallNode asked = decision.lastAsked();
    if (asked == null || !decision.isDecidedBy(decision.testOf(asked))) {
      return null;
    }
    long answer = answer(asked, types);
    boolean isError = answer < 0 && answer >= -LARGEST;
    boolean decided =
        isError
            || (!answerText(asked, types).isEmpty()
                && !decision.sameOtherwise(decision.testOf(asked), value));
    return decided ? new Refusal(asked, Certainty.DECIDED) : null;
  }

  /// The last instruction of a function itself.
  private static int last(History history, CallNode node) {
    int last = Math.min(node.endPoint, history.size()) - 1;
    while (last > node.firstPoint && history.node(last) != node) {
      last--;
    }
    return last;
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

  /// Whether a function answered with an error.
  static boolean isError(CallNode call, ReturnTypes types) {
    long answer = answer(call, types);
    return answer < 0 && answer >= -LARGEST;
  }

  /// What a function returned, as a word; empty when its type is not known, or it returns nothing.
  private static String answerText(CallNode call, ReturnTypes types) {
    ReturnType type = types.of(call.name());
    Long rax = call.rax();
    Long value = rax == null || type == null ? null : ReturnType.valueOf(rax, type);
    if (value == null || type == null) {
      return "";
    }
    if (isError(call, types)) {
      return Errnos.of((int) -value).name();
    }
    return switch (type.kind()) {
      case BOOL -> value == 0 ? "false" : "true";
      case POINTER -> value == 0 ? "NULL" : "a pointer";
      case INT, UNSIGNED, LONG, UNSIGNED_LONG -> Math.abs(value) < 4096 ? Long.toString(value) : "";
      case OTHER -> value == 0 ? "0" : "";
      case VOID -> "";
    };
  }

  /// The sentence about it.
  ///
  /// @param first who said the error that was converted
  static String sentence(CallNode node, Refusal refusal, CallNode first, ReturnTypes types) {
    CallNode asked = refusal.asked();
    String answer = answerText(asked, types);
    if (refusal.certainty() == Certainty.POSSIBLE) {
      return asked.name()
          + " returned "
          + answer
          + " before; whether that is why "
          + node.name()
          + " says it is not known.";
    }
    if (!isError(asked, types)) {
      return node.name() + " says it because " + asked.name() + " returned " + answer + ".";
    }
    StringBuilder text = new StringBuilder(node.name());
    text.append(" says it for ").append(Errnos.of((int) -answer(asked, types)).name());
    text.append(", which ").append(asked.name()).append(" returned");
    if (first != asked) {
      text.append(" and ").append(first.name()).append(" said");
    }
    return text.append('.').toString();
  }
}
