package trapline.report;

/// How text output looks.
///
/// @param width columns that no line exceeds; kept within [#MIN_WIDTH] and [#MAX_WIDTH]
/// @param colour whether SGR escape sequences mark user side, boundary, kernel side and errors,
///     which the text says without them, too
/// @param unicode whether the road is drawn with box drawing characters; otherwise with ASCII only.
///     Text of the traced program is shown as it is in both
/// @param sourceLines how many lines of an implementation's source text are shown; 0 shows none
/// @param everything whether what is usually folded, such as the kernel's locks, is shown, too, and
///     what an earlier journey has shown
/// @param directory places in files under this absolute path are shown relative to it; empty: as
///     they are
public record Style(
    int width,
    boolean colour,
    boolean unicode,
    int sourceLines,
    boolean everything,
    String directory) {
  /// The narrowest output that keeps facts and places apart.
  public static final int MIN_WIDTH = 60;

  /// Wider than this the eye no longer connects a fact with its place.
  public static final int MAX_WIDTH = 160;

  private static final int DEFAULT_WIDTH = 100;
  private static final int DEFAULT_SOURCE_LINES = 24;

  /// 100 columns, box drawing, no colour.
  public static final Style PLAIN =
      new Style(DEFAULT_WIDTH, false, true, DEFAULT_SOURCE_LINES, false, "");

  public Style {
    width = Math.clamp(width, MIN_WIDTH, MAX_WIDTH);
    sourceLines = Math.max(0, sourceLines);
  }

  public Style withWidth(int columns) {
    return new Style(columns, colour, unicode, sourceLines, everything, directory);
  }

  public Style withColour(boolean on) {
    return new Style(width, on, unicode, sourceLines, everything, directory);
  }

  public Style withUnicode(boolean on) {
    return new Style(width, colour, on, sourceLines, everything, directory);
  }

  public Style withSourceLines(int lines) {
    return new Style(width, colour, unicode, lines, everything, directory);
  }

  public Style withEverything(boolean on) {
    return new Style(width, colour, unicode, sourceLines, on, directory);
  }

  public Style withDirectory(String path) {
    return new Style(width, colour, unicode, sourceLines, everything, path);
  }

  /// A file's name, which may go on with a line, as it is shown.
  String shown(String file) {
    int length = directory.length();
    return length > 1
            && file.startsWith(directory)
            && file.length() > length + 1
            && file.charAt(length) == '/'
        ? file.substring(length + 1)
        : file;
  }
}
