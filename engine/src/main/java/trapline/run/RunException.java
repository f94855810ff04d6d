package trapline.run;

/// Why a run cannot begin or go on, in one line for the user.
public final class RunException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// What kind of reason it is.
  public enum Problem {
    /// A file that was named, such as a kernel tree, is missing or damaged, or none can be made.
    BAD_FILE,
    /// The program could not be compiled or started, or there is no such process.
    NOT_STARTED,
    /// The kernel does not let Trapline trace.
    REFUSED,
    /// The kernel could not be observed: no emulator, no kernel image, or the guest failed.
    NOT_OBSERVED,
    /// The user interrupted it.
    INTERRUPTED
  }

  private final Problem problem;

  /// @param message what is wrong, where, and what to do
  public RunException(Problem problem, String message) {
    super(message, null, false, false);
    this.problem = problem;
  }

  /// What kind of reason it is.
  public Problem problem() {
    return problem;
  }

  /// What is wrong, where, and what to do.
  public String line() {
    return String.valueOf(getMessage());
  }
}
