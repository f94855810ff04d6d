package trapline.run;

import java.util.HashMap;
import java.util.Map;

/// The environment that the user's shell gave to the launcher, which the followed program gets.
final class CallerEnvironment {
  /// What the launcher says of the caller's LC_ALL where it set a UTF-8 locale for this virtual
  /// machine, which reads arguments and file names by it: `+` and the value, or `-` when it was not
  /// set.
  private static final String CALLERS_LC_ALL = "TRAPLINE_CALLERS_LC_ALL";

  private CallerEnvironment() {}

  /// The caller's environment, as [ByteText] has it.
  static Map<String, String> exact() {
    Map<String, String> exact = new HashMap<>(System.getenv());
    exact.putAll(ExactArguments.environment());
    return of(exact);
  }

  /// The caller's environment.
  ///
  /// @param own this process' environment
  static Map<String, String> of(Map<String, String> own) {
    String callers = own.get(CALLERS_LC_ALL);
    if (callers == null) {
      return own;
    }
    Map<String, String> restored = new HashMap<>(own);
    restored.remove(CALLERS_LC_ALL);
    if (callers.startsWith("+")) {
      restored.put("LC_ALL", callers.substring(1));
    } else {
      restored.remove("LC_ALL");
    }
    return restored;
  }
}
