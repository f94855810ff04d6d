package trapline.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;

/// Makes the objects that picocli asks for.
///
/// picocli's own factory looks for Groovy in all modules first, which takes longer than all the
// rest.
final class CommandObjects implements IFactory {
  private static final CommandObjects FACTORY = new CommandObjects();

  private CommandObjects() {}

  /// A command that describes itself.
  static CommandSpec spec(Object command) {
    return CommandSpec.wrapWithoutInspection(command, FACTORY);
  }

  /// A command with its subcommands.
  static CommandLine line(Object command) {
    return new CommandLine(command, FACTORY);
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    return type.isInterface()
        ? CommandLine.defaultFactory().create(type)
        : type.getDeclaredConstructor().newInstance();
  }
}
