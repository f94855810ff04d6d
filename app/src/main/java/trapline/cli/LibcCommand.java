package trapline.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// `trapline libc`.
final class LibcCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;

  LibcCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandSpec.wrapWithoutInspection(this);
    TraplineCommand.named(spec, "libc", "C libraries to look into, and programs for them.");
    for (CommandSpec each :
        List.of(new LibcFlagsCommand(root).spec(), new LibcCcCommand(root).spec())) {
      spec.addSubcommand(each.name(), new CommandLine(each));
    }
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(root.err());
    return ExitStatus.USAGE;
  }
}
