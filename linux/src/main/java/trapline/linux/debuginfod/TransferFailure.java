package trapline.linux.debuginfod;

/// A file did not come from a server.
final class TransferFailure extends Exception {
  private static final long serialVersionUID = 1;

  /// What to do about a failure.
  enum Kind {
    /// The server does not have the file.
    ABSENT,
    /// The file is not to be taken from this server.
    REFUSED,
    /// It may go well the next time.
    PASSING,
    /// The server is not to be asked again in this run, so that nobody waits for it twice.
    SERVER_GONE,
    /// The user wants no more.
    CANCELLED
  }

  private final Kind kind;
  private final String remedy;

  /// @param message what happened, as a clause without its subject, the server
  /// @param remedy what the user can do; empty when there is nothing
  TransferFailure(Kind kind, String message, String remedy) {
    super(message);
    this.kind = kind;
    this.remedy = remedy;
  }

  static TransferFailure cancelled() {
    return new TransferFailure(Kind.CANCELLED, "was not waited for", "");
  }

  Kind kind() {
    return kind;
  }

  String message() {
    return String.valueOf(getMessage());
  }

  String remedy() {
    return remedy;
  }
}
