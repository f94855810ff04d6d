package trapline.cli;

import java.io.PrintStream;
import picocli.CommandLine.Command;

/// The command line's root.
@Command(
    name = "trapline",
    subcommands = {FollowCommand.class, DoctorCommand.class},
    mixinStandardHelpOptions = true,
    version = "trapline 0.1.0",
    description =
        "Follows a system call from the source line, through the trap, to the kernel, and back.")
final class TraplineCommand {
  private final Output out;
  private final PrintStream err;

  TraplineCommand(Output out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  Output out() {
    return out;
  }

  PrintStream err() {
    return err;
  }
}
