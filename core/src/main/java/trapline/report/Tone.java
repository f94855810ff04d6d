package trapline.report;

/// What a piece of text is, for its colour. The codes are SGR parameters (ECMA-48, section 8.3.117)
/// of the eight basic colours, whose shades each terminal chooses to suit its background.
enum Tone {
  PLAIN(""),
  STRONG("1"),
  /// Made or run in user mode.
  USER("32"),
  USER_HEADING("1;32"),
  /// Run in kernel mode.
  KERNEL("35"),
  KERNEL_HEADING("1;35"),
  /// The line between user mode and kernel mode.
  BOUNDARY("1"),
  ERROR("1;31"),
  /// Evidence, and facts that explain other facts.
  FAINT("2");

  private final String sgr;

  Tone(String sgr) {
    this.sgr = sgr;
  }

  String sgr() {
    return sgr;
  }

  Tone heading() {
    return switch (this) {
      case USER -> USER_HEADING;
      case KERNEL -> KERNEL_HEADING;
      default -> STRONG;
    };
  }
}
