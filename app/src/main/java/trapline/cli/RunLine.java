package trapline.cli;

import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import trapline.follow.RunProgress;
import trapline.report.Numbers;
import trapline.report.SafeText;

/// A line on the terminal that says how far a long run of a program is. It stands there only while
/// the program leaves the terminal alone.
final class RunLine implements RunProgress {
  /// How often the run tells before a line is shown: shorter runs need none.
  private static final int QUIET = 5;

  private final PrintStream err;
  private final BooleanSupplier isFree;
  private final String name;
  private int told;
  private int shown;

  private RunLine(PrintStream err, BooleanSupplier isFree, String name) {
    this.err = err;
    this.isFree = isFree;
    this.name = name;
  }

  /// @param isFree whether the program has left no unfinished line there
  /// @param name the program's
  static RunProgress of(PrintStream err, BooleanSupplier isFree, String name) {
    return Terminal.isTerminal(2)
        ? new RunLine(CleanStream.forProgress(err), isFree, SafeText.line(name))
        : NONE;
  }

  @Override
  public void at(long calls, long failed) {
    if (++told < QUIET || (shown == 0 && !isFree.getAsBoolean())) {
      return;
    }
    hide();
    String line = text(name, calls, failed, Terminal.width(2) - 1);
    err.print(line);
    err.flush();
    shown = line.length();
  }

  static String text(String name, long calls, long failed, int width) {
    String line =
        "running "
            + name.substring(name.lastIndexOf('/') + 1)
            + ": "
            + Numbers.count(calls)
            + " calls, "
            + Numbers.count(failed)
            + " failed ...";
    return line.length() <= width ? line : line.substring(0, Math.max(0, width));
  }

  @Override
  public boolean isShown() {
    return shown > 0;
  }

  @Override
  public void hide() {
    if (shown > 0) {
      err.print('\r' + " ".repeat(shown) + '\r');
      err.flush();
      shown = 0;
    }
  }
}
