package trapline.cli;

import java.io.PrintStream;
import picocli.CommandLine;

/// The entry point.
public final class Main {
  private Main() {}

  /// Runs one command.
  ///
  /// @return the exit status
  public static int run(String[] args, PrintStream out, PrintStream err) {
    CommandLine line = new CommandLine(new TraplineCommand());
    line.setOut(new java.io.PrintWriter(out, true));
    line.setErr(new java.io.PrintWriter(err, true));
    return line.execute(args);
  }

  public static void main(String[] args) {
    int status = run(args, System.out, System.err);
    System.exit(status);
  }

  @CommandLine.Command(name = "trapline", subcommands = F.class)
  static final class TraplineCommand implements Runnable {
    public void run() {}
  }

  @CommandLine.Command(name = "follow")
  static final class F implements Runnable {
    @CommandLine.Option(names = "--all")
    boolean a;

    @CommandLine.Option(names = "--call")
    @org.jspecify.annotations.Nullable
    String c;

    @CommandLine.Parameters java.util.@org.jspecify.annotations.Nullable List<String> p;

    public void run() {}
  }
}
