package trapline.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import trapline.libc.CCompiler;
import trapline.linux.files.FileErrors;

/// `trapline libc cc`.
final class LibcCcCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;

  LibcCcCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.addPositional(
        LibcOption.parameter(
            " [CC ARGUMENTS…]",
            "The C library, by its name or its prefix; all that follows goes to the compiler."));
    TraplineCommand.named(
        spec,
        "cc",
        "Compiles and links for a C library, with cc or what CC names, and shows the whole"
            + " command.");
  }

  CommandSpec spec() {
    return spec;
  }

  /// @return the compiler's exit status
  @Override
  public Integer call() {
    List<String> words =
        spec.commandLine().getParseResult().matchedPositionalValue(0, List.<String>of());
    if (words.isEmpty()) {
      throw new CommandFailure(ExitStatus.USAGE, "name a C library; trapline libc cc --help");
    }
    List<String> arguments = new ArrayList<>(LibcFlagsCommand.of(words.getFirst()));
    arguments.addAll(words.subList(1, words.size()));
    List<String> command = CCompiler.of(System.getenv()).with(arguments);
    root.err().println("$ " + ShellWords.join(command));
    root.err().flush();
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.NOT_STARTED, command.getFirst() + ": cannot be run: " + FileErrors.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitStatus.INTERRUPTED, "interrupted");
    }
  }
}
