package trapline.linux.tracefs;

/// The running kernel's tracer did not do what it had said it can. The message is one line for the
/// user.
public final class TracingFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TracingFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
