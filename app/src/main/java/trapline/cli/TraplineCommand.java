package trapline.cli;

import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The command line's root.
///
/// Commands describe themselves to picocli in code: reading annotations took 80 ms of every start.
final class TraplineCommand {
  private final Output out;
  private final PrintStream err;

  TraplineCommand(Output out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /// The whole command line.
  CommandLine commandLine() {
    CommandSpec spec =
        named(
                CommandSpec.wrapWithoutInspection(this),
                "trapline",
                "Follows a system call from the source line, through the trap, to the kernel, and"
                    + " back.")
            .version("trapline 0.1.0");
    spec.addSubcommand("follow", new CommandLine(new FollowCommand(this).spec()));
    spec.addSubcommand("why", new CommandLine(new WhyCommand(this).spec()));
    spec.addSubcommand("syscall", new CommandLine(new SyscallCommand(this).spec()));
    spec.addSubcommand("syscalls", new CommandLine(new SyscallsCommand(this).spec()));
    spec.addSubcommand("index", new CommandLine(new IndexCommand(this).spec()));
    spec.addSubcommand("doctor", new CommandLine(new DoctorCommand(this).spec()));
    return new CommandLine(spec);
  }

  /// Gives a command its name, and behind its own options those that every command has.
  static CommandSpec named(CommandSpec spec, String name, String description) {
    spec.name(name).usageMessage().description(description);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
    return spec;
  }

  /// An option without a parameter.
  static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description).build();
  }

  Output out() {
    return out;
  }

  PrintStream err() {
    return err;
  }
}
