package trapline.cli;

/// How wide the terminal is.
final class TerminalSize {
  private TerminalSize() {}

  /// The columns of the terminal that standard output is; 0 when that is not known.
  static int columns() {
    return 0;
  }
}
