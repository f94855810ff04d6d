package trapline.linux.debuginfod;

/// A file did not come from a server.
final class TransferFailure extends Exception {
  private static final long serialVersionUID = 1;

  /// The most of a message that is kept: a server's words may be in it.
  private static final int LONGEST = 300;

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
    super(plain(message));
    this.kind = kind;
    this.remedy = remedy;
  }

  /// Without what a terminal would act on, and not longer than a few lines.
  private static String plain(String message) {
    String text = message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
    return text.codePoints().anyMatch(Character::isISOControl)
        ? text.replaceAll("\\p{Cntrl}|[\u0080-\u009f]", "?")
        : text;
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
