package trapline.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/// The entry point.
public final class Main {
  private Main() {}

  /// Runs one command.
  ///
  /// @return the exit status: see [ExitStatus]
  public static int run(String[] args, PrintStream out, PrintStream err) {
    CommandLine line = new CommandLine(new TraplineCommand(out, err));
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setStopAtPositional(true);
    line.setParameterExceptionHandler(
        (failure, arguments) -> {
          err.println("trapline: " + failure.getMessage());
          err.println("  trapline " + path(failure.getCommandLine()) + "--help shows the options");
          return ExitStatus.USAGE;
        });
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof CommandFailure expected) {
            err.println("trapline: " + expected.line());
            return expected.status();
          }
          err.println("trapline: a defect in Trapline: " + failure);
          failure.printStackTrace(err);
          return ExitStatus.INTERNAL;
        });
    if (args.length == 0) {
      line.usage(err);
      return ExitStatus.USAGE;
    }
    return line.execute(args);
  }

  private static String path(CommandLine line) {
    return line.getParent() == null ? "" : line.getCommandName() + " ";
  }

  /// Runs one command and ends the process with its exit status.
  public static void main(String[] args) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    int status = run(args, out, err);
    out.flush();
    err.flush();
    System.exit(status);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
