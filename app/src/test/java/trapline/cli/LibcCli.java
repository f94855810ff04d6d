package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import trapline.testing.Command;

/// `trapline libc` with data and cache of its own.
///
/// @param folder where it runs, with `data` and `cache` in it
record LibcCli(Path folder) {
  /// musl takes half a minute on two cores of their own, and some when they have other work.
  private static final int BUILD_SECONDS = 900;

  Command run(Map<String, String> variables, String... words) {
    return Command.runIn(folder, command(variables, words), BUILD_SECONDS);
  }

  List<String> command(Map<String, String> variables, String... words) {
    List<String> command = new ArrayList<>(List.of("/usr/bin/env"));
    Map<String, String> all = new TreeMap<>(variables);
    all.put("XDG_DATA_HOME", folder.resolve("data").toString());
    all.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    all.forEach((name, value) -> command.add(name + "=" + value));
    List<String> rest = new ArrayList<>(List.of("libc"));
    rest.addAll(List.of(words));
    command.addAll(Cli.command(rest.toArray(new String[0])));
    return command;
  }

  /// Runs it, which is to be refused with one line.
  ///
  /// @return the line
  String refused(int status, String reason, Map<String, String> variables, String... words) {
    Command run = run(variables, words);
    String last = run.err().lines().toList().getLast();
    assertThat(last).startsWith("trapline: ").contains(reason);
    assertThat(run.status()).as(run.err()).isEqualTo(status);
    assertThat(run.out()).isEmpty();
    return last;
  }
}
