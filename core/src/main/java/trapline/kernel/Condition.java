package trapline.kernel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Evaluates a C preprocessor expression, or a Kbuild gate in the same notation, against a
/// configuration that may be known in part.
///
/// A bare `CONFIG_X` and `IS_ENABLED(CONFIG_X)` hold for `y` and `m`, `defined(CONFIG_X)` and
/// `IS_BUILTIN(CONFIG_X)` for `y` alone.
public final class Condition {
  /// Whether a condition holds.
  public enum Truth {
    TRUE,
    FALSE,
    UNKNOWN
  }

  private static final int MAX_DEPTH = 64;

  private final String text;
  private final KernelConfig config;
  private int at;
  private int depth;

  private Condition(String text, KernelConfig config) {
    this.text = text;
    this.config = config;
  }

  public static Truth evaluate(String expression, KernelConfig config) {
    Condition condition = new Condition(expression, config);
    Long value = condition.or();
    condition.blanks();
    if (value == null || condition.at < expression.length()) {
      return Truth.UNKNOWN;
    }
    return value != 0 ? Truth.TRUE : Truth.FALSE;
  }

  /// Whether none of the conditions is known not to hold.
  public static boolean isPossible(List<String> conditions, KernelConfig config) {
    for (String condition : conditions) {
      if (evaluate(condition, config) == Truth.FALSE) {
        return false;
      }
    }
    return true;
  }

  /// Whether all of the conditions hold.
  public static Truth all(List<String> conditions, KernelConfig config) {
    Truth all = Truth.TRUE;
    for (String condition : conditions) {
      Truth truth = evaluate(condition, config);
      if (truth == Truth.FALSE) {
        return Truth.FALSE;
      }
      all = truth == Truth.UNKNOWN ? truth : all;
    }
    return all;
  }

  private @Nullable Long or() {
    Long left = and();
    while (take("||")) {
      Long right = and();
      left = isTrue(left) || isTrue(right) ? Long.valueOf(1) : both(left, right, 0);
    }
    return left;
  }

  private @Nullable Long and() {
    Long left = comparison();
    while (take("&&")) {
      Long right = comparison();
      left = isFalse(left) || isFalse(right) ? Long.valueOf(0) : both(left, right, 1);
    }
    return left;
  }

  private @Nullable Long comparison() {
    Long left = primary();
    blanks();
    for (String operator : new String[] {"==", "!=", "<=", ">=", "<", ">"}) {
      if (take(operator)) {
        Long right = primary();
        if (left == null || right == null) {
          return null;
        }
        int order = Long.compare(left, right);
        boolean holds =
            switch (operator) {
              case "==" -> order == 0;
              case "!=" -> order != 0;
              case "<=" -> order <= 0;
              case ">=" -> order >= 0;
              case "<" -> order < 0;
              default -> order > 0;
            };
        return holds ? 1L : 0L;
      }
    }
    return left;
  }

  private @Nullable Long primary() {
    blanks();
    if (at >= text.length() || depth >= MAX_DEPTH) {
      at = text.length();
      return null;
    }
    char c = text.charAt(at);
    if (c == '!' && !text.startsWith("!=", at)) {
      at++;
      depth++;
      Long value = primary();
      depth--;
      return value == null ? null : Long.valueOf(value == 0 ? 1 : 0);
    }
    if (c == '(') {
      at++;
      depth++;
      Long value = or();
      depth--;
      take(")");
      return value;
    }
    if (c >= '0' && c <= '9') {
      return number();
    }
    String name = name();
    if (name.isEmpty()) {
      at = text.length();
      return null;
    }
    return switch (name) {
      case "defined", "IS_BUILTIN" -> truth(setting(argument()), false);
      case "IS_ENABLED", "IS_REACHABLE" -> truth(setting(argument()), true);
      case "IS_MODULE" -> {
        KernelConfig.Value value = setting(argument());
        yield value == KernelConfig.Value.UNKNOWN
            ? null
            : Long.valueOf(value == KernelConfig.Value.MODULE ? 1 : 0);
      }
      // include/asm-generic/bitsperlong.h; most architectures have no 32-bit kernel.
      case "BITS_PER_LONG", "__BITS_PER_LONG" ->
          setting("CONFIG_64BIT") == KernelConfig.Value.OFF ? 32L : 64L;
      default -> {
        if (take("(")) {
          skipToClose();
          yield null;
        }
        yield name.startsWith("CONFIG_") ? truth(setting(name), true) : null;
      }
    };
  }

  private KernelConfig.Value setting(String name) {
    return config.value(name);
  }

  private static @Nullable Long truth(KernelConfig.Value value, boolean moduleCounts) {
    return switch (value) {
      case BUILT_IN -> 1L;
      case MODULE -> moduleCounts ? 1L : 0L;
      case OFF -> 0L;
      case UNKNOWN -> null;
    };
  }

  private String argument() {
    boolean open = take("(");
    blanks();
    String name = name();
    if (open) {
      take(")");
    }
    return name;
  }

  private void skipToClose() {
    int open = 1;
    while (at < text.length() && open > 0) {
      char c = text.charAt(at++);
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
  }

  private @Nullable Long number() {
    int start = at;
    while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
      at++;
    }
    String digits = text.substring(start, at);
    while (!digits.isEmpty() && "uUlL".indexOf(digits.charAt(digits.length() - 1)) >= 0) {
      digits = digits.substring(0, digits.length() - 1);
    }
    try {
      return Long.decode(digits);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private String name() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    return text.substring(start, at);
  }

  private boolean take(String what) {
    blanks();
    if (text.startsWith(what, at)) {
      at += what.length();
      return true;
    }
    return false;
  }

  private void blanks() {
    while (at < text.length() && text.charAt(at) <= ' ') {
      at++;
    }
  }

  private static boolean isTrue(@Nullable Long value) {
    return value != null && value != 0;
  }

  private static boolean isFalse(@Nullable Long value) {
    return value != null && value == 0;
  }

  private static @Nullable Long both(@Nullable Long left, @Nullable Long right, long value) {
    return left == null || right == null ? null : Long.valueOf(value);
  }
}
