package trapline.model;

/// The running kernel refused a call that Trapline itself made.
public final class KernelRefused extends RuntimeException {
  private final String call;
  private final int errno;

  /// @param call the call with the arguments that matter, such as `ptrace(PTRACE_SEIZE, 4711)`
  /// @param errno the positive error number
  /// @param text what the error means
  public KernelRefused(String call, int errno, String text) {
    super(call + ": " + text);
    this.call = call;
    this.errno = errno;
  }

  public String call() {
    return call;
  }

  public int errno() {
    return errno;
  }
}
