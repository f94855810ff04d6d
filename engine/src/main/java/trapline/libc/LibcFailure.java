package trapline.libc;

/// Why something could not be done with a C library: one line for the user, with what to do.
public final class LibcFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LibcFailure(String message) {
    super(message);
  }

  public LibcFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
