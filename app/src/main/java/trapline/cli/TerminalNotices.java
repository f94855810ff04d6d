package trapline.cli;

import java.io.PrintStream;
import trapline.run.Notices;

/// Writes what a run has to tell to standard error, and how far it is on a terminal.
record TerminalNotices(PrintStream err) implements Notices {
  @Override
  public void say(String line) {
    err.println("trapline: " + line);
  }

  @Override
  public void command(String command) {
    err.println("$ " + command);
    err.flush();
  }

  @Override
  public Reading reading(String name) {
    return new IndexProgress(name, err);
  }

  @Override
  public Work bytes() {
    return WorkProgress.ofBytes(err);
  }

  @Override
  public Work calls() {
    return WorkProgress.ofCalls(err);
  }
}
