package trapline.report;

/// Text that may hold anything, such as a file's name, made fit for a terminal: what a terminal
/// would act on instead of showing it is escaped, as everywhere in the reports.
public final class SafeText {
  private SafeText() {}

  /// A text that is to stay in its line: ends of lines are escaped, too.
  public static String line(String text) {
    return Display.clean(text);
  }

  /// A text of several lines.
  public static String lines(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      out.append(line(text.substring(start, end))).append('\n');
      start = end + 1;
    }
    return out.append(line(text.substring(start))).toString();
  }
}
