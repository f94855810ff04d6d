package trapline.decode;

import trapline.abi.ArgFormat;
import trapline.abi.Errnos;

/// Formats for memory that means something else after the call than before it:
///
/// - `then(F, G)`: `F` before the call and `G` after it, both shown
/// - `then_on(ERRNO, F, G)`: the same for a call that failed with that error
/// - `instead(F, G)`: `F` before the call, and only `G` after it
/// - `also_on(ERRNO, F)`: `F`, which is stored by a call that failed with that error, too
final class Afterwards {
  private Afterwards() {}

  /// The format of the value before the call.
  static ArgFormat before(ArgFormat format) {
    return switch (format.name()) {
      case "then", "instead" -> format.argument(0);
      case "then_on", "also_on" -> format.argument(1);
      default -> format;
    };
  }

  /// The format of the value after the call.
  static ArgFormat format(ArgFormat format) {
    return switch (format.name()) {
      case "then", "instead" -> format.argument(1);
      case "then_on" -> format.argument(2);
      case "also_on" -> format.argument(1);
      default -> format;
    };
  }

  /// Whether the value before the call is not shown once it has returned.
  static boolean replaces(ArgFormat format) {
    return format.name().equals("instead");
  }

  /// Whether a call with that result has stored anything. One that failed has not, but for those
  /// whose format says so.
  static boolean isStored(ArgFormat format, CallScope scope) {
    boolean failed = Errnos.isError(scope.result());
    return switch (format.name()) {
      case "then_on" -> failed && isThat(format, scope);
      case "also_on" -> !failed || isThat(format, scope);
      case "then", "instead" -> isStored(format.argument(1), scope);
      case "remaining" -> true;
      default -> !failed;
    };
  }

  private static boolean isThat(ArgFormat format, CallScope scope) {
    return Errnos.of((int) -scope.result()).name().equals(format.argument(0).name());
  }
}
