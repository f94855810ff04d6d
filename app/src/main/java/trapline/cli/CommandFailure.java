package trapline.cli;

/// Ends a command with one clear line for the user.
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  /// @param status from [ExitStatus]
  /// @param message what is wrong, where, and what to do; empty to say nothing
  CommandFailure(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }

  String line() {
    return String.valueOf(getMessage());
  }
}
