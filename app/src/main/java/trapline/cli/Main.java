package trapline.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import trapline.kernel.KernelIndexSet;
import trapline.linux.files.FileErrors;
import trapline.linux.proc.FileNames;
import trapline.linux.ptrace.Tracer;
import trapline.model.MalformedBinary;
import trapline.run.ExactArguments;
import trapline.run.RunException;

/// The entry point.
public final class Main {
  private static final String NO_MEMORY =
      "trapline: there is not enough memory for this (ulimit -v, or a control group)";

  private Main() {}

  /// Runs one command.
  ///
  /// @return the exit status: see [ExitStatus]
  static int run(String[] args, Output out, PrintStream target) {
    CleanStream err = new CleanStream(target, true);
    CommandLine line = new TraplineCommand(out, err).commandLine(args);
    line.registerConverter(Path.class, FileNames::path);
    // Only the commands' own descriptions go this way.
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(target, true, StandardCharsets.UTF_8));
    // What follows a program's name is the program's; after a call's or tree's name options go on.
    line.setStopAtPositional(true);
    takeOptionsAnywhere(line, List.of("syscall", "index"));
    CommandLine libc = line.getSubcommands().get("libc");
    if (libc != null) {
      takeOptionsAnywhere(libc, LibcCommand.OPTIONS_ANYWHERE);
    }
    line.setParameterExceptionHandler(
        (failure, arguments) -> {
          err.println("trapline: " + Misuse.line(failure));
          return ExitStatus.USAGE;
        });
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof CommandFailure expected) {
            if (!expected.line().isEmpty()) {
              err.println("trapline: " + expected.line());
            }
            return expected.status();
          }
          if (failure instanceof RunException expected) {
            err.println("trapline: " + expected.line());
            return ExitStatus.of(expected.problem());
          }
          if (failure instanceof MalformedBinary damage) {
            // The functions of an index file are looked at when one is asked for.
            err.println("trapline: " + damage.getMessage());
            return ExitStatus.BAD_FILE;
          }
          if (failure instanceof UncheckedIOException io) {
            err.println("trapline: " + FileErrors.line(Objects.requireNonNull(io.getCause())));
            return ExitStatus.BAD_FILE;
          }
          err.println("trapline: a defect in Trapline: " + failure);
          failure.printStackTrace(err);
          return ExitStatus.INTERNAL;
        });
    if (args.length == 0) {
      line.usage(target);
      return ExitStatus.USAGE;
    }
    try {
      return line.execute(args);
    } catch (InternalError e) {
      // What the virtual machine makes of reading a mapped file that has become shorter.
      err.println("trapline: a file changed while it was read: " + e.getMessage());
      return ExitStatus.BAD_FILE;
    } catch (OutOfMemoryError e) {
      err.println(NO_MEMORY);
      return ExitStatus.NO_MEMORY;
    }
  }

  /// Runs one command and ends the process with its exit status.
  public static void main(String[] args) {
    readAhead(args.length == 0 ? "" : args[0]);
    Output out =
        Output.of(new FileOutputStream(FileDescriptor.out), "standard output", Terminal.isPipe(1));
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> told(failure, err));
    int status = ExitStatus.DONE;
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      out.println(
          String.join("", TraplineCommand.version())); // no command need be described for it
    } else {
      status = run(ExactArguments.of(args), out, err);
    }
    out.flush();
    err.flush();
    System.exit(status);
  }

  /// Begins with what a command surely needs. It takes as long as the command line to be
  // understood.
  private static void readAhead(String command) {
    boolean traces = command.equals("follow") || command.equals("why");
    if (traces || command.startsWith("syscall")) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                if (traces) {
                  Tracer.prepare();
                }
                KernelIndexSet.embedded();
              });
    }
  }

  /// A thread beside the one that runs the command has ended. When memory was short others may wait
  /// for it for ever, so the process ends, too, without anything that would need more.
  private static void told(Throwable failure, PrintStream err) {
    if (failure instanceof OutOfMemoryError) {
      err.println(NO_MEMORY);
      Runtime.getRuntime().halt(ExitStatus.NO_MEMORY);
    }
    err.println("trapline: a defect in Trapline: " + failure);
    failure.printStackTrace(err);
  }

  private static void takeOptionsAnywhere(CommandLine line, Collection<String> commands) {
    for (String command : commands) {
      CommandLine described = line.getSubcommands().get(command);
      if (described != null) {
        described.setStopAtPositional(false);
      }
    }
  }
}
