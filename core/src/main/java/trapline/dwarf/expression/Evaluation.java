package trapline.dwarf.expression;

import trapline.bytes.Bytes;

/// One evaluation of one expression.
final class Evaluation {
  static final int MAX_STEPS = 100_000;
  private final ExpressionContext context;

  Evaluation(ExpressionContext context) {
    this.context = context;
  }

  Location run(Bytes expression) {
    return new Location.Unavailable(
        "evaluation is not there yet of " + expression.size() + context);
  }

  Input number(Bytes expression, long... initialStack) {
    return Input.unknown(
        "evaluation is not there yet of " + expression.size() + initialStack.length);
  }
}
