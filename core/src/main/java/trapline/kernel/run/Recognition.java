package trapline.kernel.run;

import org.jspecify.annotations.Nullable;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;

/// Finds where an error comes from that a function loaded itself, but only because a function that
/// it called had returned the same error.
///
/// From `ret = f(); if (ret != -EX) goto out; …; out: return ret;` compilers make two ways out, and
/// the one for `-EX` loads it as a constant: it no longer comes from `f`, which said it.
///
/// It is different when the function recovered from that error by a second try, the next of several
/// candidates or a fallback. Then it calls another function before it returns the same error, or
/// it can return that error without having been told.
final class Recognition {
  private Recognition() {}

  /// The called function whose answer was compared with the error, and was it.
  ///
  /// @param node the function that made the value
  /// @param point where it did
  /// @return `null` when there is none
  static @Nullable CallNode of(
      History history, CodeCache code, CallNode node, int point, int value) {
    CallNode call = lastThatReturned(node, point, value);
    if (call == null) {
      return null;
    }
    Decision decision = new Decision(history, code, node, point);
    CallNode asked = decision.lastAsked();
    if (asked != null && asked.firstPoint > call.endPoint) {
      return null;
    }
    History.Walk walk = history.new Walk();
    walk.to(point);
    while (walk.point > call.endPoint && walk.back()) {
      if (history.node(walk.point) == node && isComparison(code, walk, history, value)) {
        return decision.dependsOn(walk.point) ? call : null;
      }
    }
    return null;
  }

  private static @Nullable CallNode lastThatReturned(CallNode node, int point, int value) {
    for (CallNode call : node.calls().reversed()) {
      Long rax = call.rax();
      if (call.endPoint >= 0
          && call.endPoint <= point
          && !call.isEvent
          && rax != null
          && rax.intValue() == value) {
        return call;
      }
    }
    return null;
  }

  /// Whether a register that has the value is compared with it.
  private static boolean isComparison(
      CodeCache code, History.Walk walk, History history, int value) {
    Instruction in = code.at(history.pc(walk.point));
    if (in == null
        || !in.mnemonic().startsWith("cmp")
        || in.operandCount() != 2
        || in.kind(0) != OperandKind.IMMEDIATE
        || in.kind(1) != OperandKind.REGISTER
        || in.registerClass(1) != RegisterClass.GENERAL
        || in.size(1) < 4) {
      return false;
    }
    int register = in.register(1);
    return (int) in.immediate(0) == value
        && register < Register.COUNT
        && (int) walk.before[register] == value;
  }
}
