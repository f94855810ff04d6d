package trapline.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import trapline.libc.LibcFailure;
import trapline.libc.LibcRegistry;
import trapline.libc.build.BuildDirectories;
import trapline.libc.build.LibcBuildFailure;
import trapline.libc.build.LibcRemoval;

/// `trapline libc remove`: removes a library that was built, or an unfinished build.
final class LibcRemoveCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;

  LibcRemoveCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.addPositional(
        PositionalParamSpec.builder()
            .arity("1..*")
            .paramLabel("NAME")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("The name of a library or an unfinished build, as trapline libc lists it.")
            .build());
    TraplineCommand.named(
        spec, "remove", "Removes libraries that Trapline built, and unfinished builds.");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    List<String> names =
        spec.commandLine().getParseResult().matchedPositionalValue(0, List.<String>of());
    try {
      LibcRemoval removal =
          new LibcRemoval(BuildDirectories.of(System.getenv()), LibcRegistry.of(System.getenv()));
      for (String name : names) {
        for (String line : removal.remove(name)) {
          root.out().println(line);
        }
      }
      root.out().deliver();
      return ExitStatus.DONE;
    } catch (LibcFailure | LibcBuildFailure e) {
      throw LibcCommand.failure(e);
    }
  }
}
