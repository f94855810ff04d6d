package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import trapline.testing.Command;

/// What gdb knows at each system call of a program.
final class GdbStops {
  /// More stops than a small program makes.
  private static final int MOST = 20_000;

  private GdbStops() {}

  /// Runs a program in gdb.
  ///
  /// @param setting a gdb command to run before the program is read
  /// @param calls names of the calls to stop at; empty for all
  /// @return for each thread, in the order in which they began, its stops in order
  static List<List<JsonNode>> of(Path program, String setting, String calls) {
    return of(null, List.of(program.toString()), setting, calls, MOST, "");
  }

  /// Runs a command in gdb, through what it executes, and not its children.
  ///
  /// @param most how many stops to make, at entries and returns of calls
  /// @return the stops of its first thread
  static List<JsonNode> ofFirst(Path folder, List<String> command, int most) {
    return of(folder, command, "set confirm off", "", most, "1").getFirst();
  }

  private static List<List<JsonNode>> of(
      @Nullable Path folder,
      List<String> command,
      String setting,
      String calls,
      int most,
      String first) {
    try {
      Path script = Files.createTempFile("stops", ".py");
      Path out = Files.createTempFile("stops", ".json");
      try (InputStream source =
          Objects.requireNonNull(GdbStops.class.getResourceAsStream("stops.py"))) {
        Files.write(script, source.readAllBytes());
        List<String> words =
            new ArrayList<>(
                List.of(
                    "env",
                    "TRAPLINE_OUT=" + out,
                    "TRAPLINE_CALLS=" + calls,
                    "TRAPLINE_MOST=" + most,
                    "TRAPLINE_FIRST=" + first,
                    "gdb",
                    "-nx",
                    "-batch",
                    "-iex",
                    setting,
                    "-x",
                    script.toString(),
                    "--args"));
        words.addAll(command);
        Command run =
            folder == null
                ? Command.run(words.toArray(new String[0]))
                : Command.runIn(folder, words);
        Map<List<Integer>, List<JsonNode>> threads = new TreeMap<>(GdbStops::order);
        for (String line : Files.readAllLines(out)) {
          JsonNode stop = Follow.parse(line);
          List<Integer> thread = List.of(stop.get("inferior").asInt(), stop.get("thread").asInt());
          threads.computeIfAbsent(thread, key -> new ArrayList<>()).add(stop);
        }
        if (threads.isEmpty()) {
          throw new AssertionError("gdb saw nothing:\n" + run.out() + run.err());
        }
        return List.copyOf(threads.values());
      } finally {
        Files.deleteIfExists(script);
        Files.deleteIfExists(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int order(List<Integer> one, List<Integer> other) {
    int inferior = Integer.compare(one.get(0), other.get(0));
    return inferior != 0 ? inferior : Integer.compare(one.get(1), other.get(1));
  }
}
