package trapline.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import trapline.report.SafeText;
import trapline.run.Notices;

/// Shows on a terminal how far the reading of a kernel's source is.
final class IndexProgress implements Notices.Reading {
  /// A directory has fewer files than that, a tarball more bytes.
  private static final long LARGE = 10_000_000;

  private final String name;
  private final PrintStream err;
  private final boolean visible;
  private @Nullable ProgressBar bar;

  IndexProgress(String name, PrintStream err) {
    this.name = SafeText.line(name);
    this.err = CleanStream.forProgress(err);
    this.visible = Terminal.isTerminal(2);
  }

  @Override
  public synchronized void at(long done, long total) {
    if (!visible) {
      return;
    }
    ProgressBar shown = bar;
    if (shown == null) {
      shown =
          new ProgressBarBuilder()
              .setTaskName("reading " + name)
              .setInitialMax(total)
              .setUnit(total >= LARGE ? " MB" : " files", total >= LARGE ? 1_000_000 : 1)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .setConsumer(new ConsoleProgressBarConsumer(err, Terminal.width(2) - 1))
              .clearDisplayOnFinish()
              .build();
      bar = shown;
    }
    shown.maxHint(total);
    shown.stepTo(done);
  }

  @Override
  public synchronized void close() {
    ProgressBar shown = bar;
    if (shown != null) {
      shown.close();
    }
  }
}
