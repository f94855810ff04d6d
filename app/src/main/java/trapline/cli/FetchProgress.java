package trapline.cli;

import java.io.PrintStream;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.debuginfod.FetchMonitor;

/// Shows on a terminal how far the fetching of debug information is, and ends it with the run.
final class FetchProgress implements FetchMonitor {
  private final WorkProgress shown;
  private final Interruption interruption;

  private FetchProgress(PrintStream err, Interruption interruption) {
    this.shown = WorkProgress.ofBytes(err);
    this.interruption = interruption;
  }

  /// A client of the servers that the user's environment names.
  static DebuginfodClient client(PrintStream err, Interruption interruption) {
    return DebuginfodClient.of(System.getenv(), new FetchProgress(err, interruption));
  }

  @Override
  public void at(String what, long done, long total) {
    shown.at(what, done, total);
  }

  @Override
  public void ended() {
    shown.close();
  }

  @Override
  public boolean isCancelled() {
    return interruption.came();
  }
}
