package trapline.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trapline follow`.
@Command(name = "follow", description = "Runs a program and shows the journey of its calls.")
final class FollowCommand implements Callable<Integer> {
  @Option(names = "--all")
  boolean all;

  @Option(names = "--call")
  @Nullable String calls;

  @Parameters @Nullable List<String> command;

  @Override
  public Integer call() {
    return 0;
  }
}
