package trapline.libc.build;

/// Why a C library could not be built: one line for the user, with what to do.
public final class LibcBuildFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// What the failure lies in.
  public enum Kind {
    /// What the user named: a source that is none, a prefix that cannot be used.
    INPUT,
    /// The build: a tool is missing, the compiler refuses, the disk is full, there is no network.
    BUILD,
    /// The user ended it.
    INTERRUPTED
  }

  private final Kind kind;

  LibcBuildFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  LibcBuildFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static LibcBuildFailure input(String message) {
    return new LibcBuildFailure(Kind.INPUT, message);
  }

  static LibcBuildFailure build(String message) {
    return new LibcBuildFailure(Kind.BUILD, message);
  }

  static LibcBuildFailure interrupted() {
    return new LibcBuildFailure(Kind.INTERRUPTED, "interrupted");
  }

  public Kind kind() {
    return kind;
  }
}
