package trapline.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/// The entry point.
public final class Main {
  private Main() {}

  /// Runs one command.
  ///
  /// @return the exit status
  public static int run(String[] args, PrintStream out, PrintStream err) {
    CommandLine line = new CommandLine(new TraplineCommand());
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    return line.execute(args);
  }

  /// Runs one command and ends the process with its exit status.
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }
}
