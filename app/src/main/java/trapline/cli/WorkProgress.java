package trapline.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import trapline.report.SafeText;
import trapline.run.Notices;

/// Shows on a terminal how far long work is.
final class WorkProgress implements Notices.Work {
  private final PrintStream err;
  private final String unit;
  private final long unitSize;
  private final boolean visible = Terminal.isTerminal(2);
  private String shownWork = "";
  private @Nullable ProgressBar bar;

  /// What is shown of work that does not tell how much of it there is.
  private String line = "";

  private WorkProgress(PrintStream err, String unit, long unitSize) {
    this.err = CleanStream.forProgress(err);
    this.unit = unit;
    this.unitSize = unitSize;
  }

  static WorkProgress ofBytes(PrintStream err) {
    return new WorkProgress(err, " MB", 1_000_000);
  }

  static WorkProgress ofObjects(PrintStream err) {
    return new WorkProgress(err, " objects", 1);
  }

  static WorkProgress ofCalls(PrintStream err) {
    return new WorkProgress(err, " calls", 1);
  }

  @Override
  public synchronized void at(String name, long done, long total) {
    if (!visible) {
      return;
    }
    String what = SafeText.line(name);
    // What has no known size at first may get one.
    if (!what.equals(shownWork) || (bar == null && total > 0)) {
      clear();
      shownWork = what;
      if (total == 0) {
        line = what + " ...";
        err.print(line);
        err.flush();
      } else {
        bar = bar(what, total);
      }
    }
    ProgressBar shown = bar;
    if (shown != null) {
      if (total > 0) {
        shown.maxHint(total);
      }
      shown.stepTo(done);
    }
  }

  /// Without a terminal it is told, too, but once: a silent wait looks like a fault.
  @Override
  public synchronized void waits(String what) {
    if (visible) {
      at(what, 0, 0);
    } else if (!what.equals(shownWork)) {
      shownWork = what;
      err.println("trapline: " + what);
    }
  }

  private ProgressBar bar(String what, long total) {
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(total)
        .setUnit(unit, unitSize)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(200)
        .setConsumer(new ConsoleProgressBarConsumer(err, Terminal.width(2) - 1))
        .clearDisplayOnFinish()
        .build();
  }

  @Override
  public void close() {
    clear();
  }

  /// Takes away what is shown, so that a line can be written; what is told next is shown again.
  synchronized void clear() {
    if (!line.isEmpty()) {
      err.print('\r' + " ".repeat(line.length()) + '\r');
      err.flush();
      line = "";
    }
    ProgressBar shown = bar;
    if (shown != null) {
      shown.close();
      bar = null;
    }
    shownWork = "";
  }
}
