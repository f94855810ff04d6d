package trapline.cli;

import java.io.PrintStream;
import java.lang.module.ModuleDescriptor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

  /// The command line: of a command that stands first that one alone, for all of them take longer
  /// to describe than most commands to run; else the whole.
  CommandLine commandLine(String[] args) {
    CommandSpec spec =
        named(
                CommandObjects.spec(this),
                "trapline",
                "Follows a system call from the source line, through the trap, to the kernel, and"
                    + " back.")
            .versionProvider(TraplineCommand::version);
    Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();
    commands.put("follow", () -> new FollowCommand(this).spec());
    commands.put("why", () -> new WhyCommand(this).spec());
    commands.put("syscall", () -> new SyscallCommand(this).spec());
    commands.put("syscalls", () -> new SyscallsCommand(this).spec());
    commands.put("index", () -> new IndexCommand(this).spec());
    commands.put("libc", () -> new LibcCommand(this).spec());
    commands.put("doctor", () -> new DoctorCommand(this).spec());
    if (args.length > 0 && commands.containsKey(args[0])) {
      commands.keySet().retainAll(Set.of(args[0]));
    }
    commands.forEach(
        (name, described) -> spec.addSubcommand(name, CommandObjects.line(described.get())));
    return CommandObjects.line(spec);
  }

  /// The version is stated in the build alone, which records it in the module; classes that are run
  /// without having been packaged have none.
  static String[] version() {
    @Nullable ModuleDescriptor module = Main.class.getModule().getDescriptor();
    String version = module == null ? "" : module.rawVersion().orElse("");
    return new String[] {"trapline " + (version.isEmpty() ? "(not packaged)" : version)};
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
