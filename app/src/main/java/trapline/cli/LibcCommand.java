package trapline.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import trapline.libc.LibcFailure;
import trapline.libc.LibcRegistry;
import trapline.libc.LibcSurvey;
import trapline.libc.build.BuildDirectories;
import trapline.libc.build.LibcBuildFailure;
import trapline.libc.build.LibcRemoval;
import trapline.report.LibcListing;

/// `trapline libc`: the C libraries of the machine and those that were built.
final class LibcCommand implements Callable<Integer> {
  /// Those of its commands that take options behind their argument, too.
  static final List<String> OPTIONS_ANYWHERE = List.of("build", "remove");

  private final TraplineCommand root;
  private final CommandSpec spec;

  LibcCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.addOption(TraplineCommand.flag("--json", "Write JSON, one object a line."));
    spec.addOption(TraplineCommand.flag("--ascii", "Write plain characters only."));
    TraplineCommand.named(
        spec,
        "libc",
        "Lists the C libraries that there are, builds others from source, and makes programs for"
            + " them.");
    Map<String, Supplier<CommandSpec>> commands =
        Map.ofEntries(
            Map.entry("build", () -> new LibcBuildCommand(root).spec()),
            Map.entry("cc", () -> new LibcCcCommand(root).spec()),
            Map.entry("flags", () -> new LibcFlagsCommand(root).spec()),
            Map.entry("remove", () -> new LibcRemoveCommand(root).spec()));
    new TreeMap<>(commands)
        .forEach((name, command) -> spec.addSubcommand(name, CommandObjects.line(command.get())));
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    boolean json = spec.commandLine().getParseResult().hasMatchedOption("--json");
    boolean ascii = spec.commandLine().getParseResult().hasMatchedOption("--ascii");
    try {
      LibcRegistry registry = LibcRegistry.of(System.getenv());
      LibcListing listing =
          new LibcListing(
              new LibcSurvey().look(Path.of("/"), registry),
              new LibcRemoval(BuildDirectories.of(System.getenv()), registry).unfinished());
      root.out()
          .rendered(
              json ? listing.json() : listing.text(Terminal.style(ascii, Terminal.isTerminal(1))));
      root.out().deliver();
      return ExitStatus.DONE;
    } catch (LibcFailure | LibcBuildFailure e) {
      throw failure(e);
    }
  }

  /// The command's end for what a library or its build came to.
  static CommandFailure failure(RuntimeException e) {
    int status =
        e instanceof LibcBuildFailure build
            ? switch (build.kind()) {
              case INPUT -> ExitStatus.BAD_FILE;
              case BUILD -> ExitStatus.NOT_BUILT;
              case INTERRUPTED -> ExitStatus.INTERRUPTED;
            }
            : ExitStatus.BAD_FILE;
    return new CommandFailure(status, String.valueOf(e.getMessage()));
  }
}
