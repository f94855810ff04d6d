package trapline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import trapline.testing.Command;

/// The command line as a process of its own, as users run it.
final class Cli {
  private Cli() {}

  /// The command that runs `trapline ARGUMENTS…`.
  static List<String> command(String... arguments) {
    String path = System.getProperty("surefire.test.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Xshare:auto");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        path != null ? path : Objects.requireNonNull(System.getProperty("java.class.path")));
    command.add("trapline.cli.Main");
    Collections.addAll(command, arguments);
    return command;
  }

  /// Runs it to its end in a directory.
  static Command run(Path folder, String... arguments) {
    return Command.runIn(folder, command(arguments));
  }

  /// Runs it to its end under a shell: `"$@"` in the script is the command.
  static Command shell(Path folder, String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", "-c", script, "bash"));
    command.addAll(command(arguments));
    return Command.runIn(folder, command);
  }
}
