package trapline.demangle;

import java.io.Serial;

/// The name does not follow the mangling, or exceeds a bound. Caught by [Demangler] only.
final class NotMangled extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /// One for all: most symbols of C programs are looked at and refused.
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace
  static final NotMangled INSTANCE = new NotMangled();

  private NotMangled() {
    super("not a mangled name", null, false, false);
  }
}
