package trapline.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import trapline.libc.CCompiler;
import trapline.libc.LibcFailure;
import trapline.libc.LibcFlags;

/// `trapline libc flags`.
final class LibcFlagsCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;

  LibcFlagsCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.addPositional(LibcOption.parameter("", "The C library, by its name or its prefix."));
    TraplineCommand.named(
        spec,
        "flags",
        "Prints the arguments with which cc makes programs for a C library, as in a makefile:"
            + " CC += $(shell trapline libc flags LIBC).");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    List<String> words =
        spec.commandLine().getParseResult().matchedPositionalValue(0, List.<String>of());
    if (words.size() != 1) {
      throw new CommandFailure(ExitStatus.USAGE, "name one C library; trapline libc flags --help");
    }
    root.out().rendered(ShellWords.join(of(words.getFirst())) + "\n");
    root.out().deliver();
    return ExitStatus.DONE;
  }

  /// The arguments for a library.
  ///
  /// @throws CommandFailure when there is no such library, or nothing can be compiled for it
  static List<String> of(String named) {
    try {
      return LibcFlags.of(LibcOption.find(named), CCompiler.of(System.getenv()));
    } catch (LibcFailure e) {
      throw new CommandFailure(ExitStatus.BAD_FILE, String.valueOf(e.getMessage()));
    }
  }
}
