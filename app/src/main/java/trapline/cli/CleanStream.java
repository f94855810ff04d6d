package trapline.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import trapline.linux.proc.FileNames;
import trapline.report.SafeText;

/// The stream that all text to the standard streams goes through. It cleans what is printed, so no
/// message has to care what a file name may contain. Only what a report has already cleaned and
/// laid out passes unchanged, by [#rendered(String)].
class CleanStream extends PrintStream {
  CleanStream(OutputStream target, boolean autoFlush) {
    super(target, autoFlush, StandardCharsets.UTF_8);
  }

  /// Text whose ends of lines are meant.
  @Override
  public void print(String text) {
    super.print(SafeText.lines(FileNames.shown(String.valueOf(text))));
  }

  @Override
  public void print(Object value) {
    print(String.valueOf(value));
  }

  /// One line, whatever is in it.
  @Override
  public void println(String line) {
    super.print(SafeText.line(FileNames.shown(String.valueOf(line))) + System.lineSeparator());
    flush();
  }

  @Override
  public void println(Object value) {
    println(String.valueOf(value));
  }

  /// Writes what was cleaned when it was made: a report, with its colours.
  void rendered(String text) {
    super.print(text);
  }

  /// Where a progress bar may go back to the start of its line; what it names is cleaned by its
  /// owner.
  static PrintStream forProgress(PrintStream err) {
    return err instanceof CleanStream ? new PrintStream(err, true, StandardCharsets.UTF_8) : err;
  }
}
