package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run of `trapline follow` in a process of its own, and what it said.
///
/// In the process that runs the tests the traced program would write into the channel over which
/// the
/// tests' results go.
///
/// @param status its exit status
/// @param out what it, or the program, wrote to standard output
/// @param err what either wrote to standard error
/// @param lines the journeys as written, one JSON object each
/// @param journeys the same, parsed
record Follow(int status, String out, String err, List<String> lines, List<JsonNode> journeys) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// Runs `trapline follow --json OPTIONS… COMMAND…`.
  static Follow json(List<String> options, List<String> command) {
    return run(true, options, command, Map.of());
  }

  /// The same where the program's addresses are the same in every run.
  static Follow fixed(Path folder, List<String> options, List<String> command) {
    return run(folder, List.of("setarch", "-R"), true, options, command, Map.of());
  }

  /// Runs `trapline follow OPTIONS… COMMAND…` with the words on standard output.
  static Follow text(List<String> options, String... command) {
    return run(false, options, List.of(command), Map.of());
  }

  static Follow run(
      boolean json, List<String> options, List<String> command, Map<String, String> environment) {
    return run(null, List.of(), json, options, command, environment);
  }

  private static Follow run(
      @Nullable Path folder,
      List<String> before,
      boolean json,
      List<String> options,
      List<String> command,
      Map<String, String> environment) {
    try {
      Path journeys = Files.createTempFile("trapline-journeys", ".json");
      Path out = Files.createTempFile("trapline-out", null);
      Path err = Files.createTempFile("trapline-err", null);
      try {
        List<String> arguments = new ArrayList<>(before);
        arguments.addAll(java());
        arguments.add("follow");
        if (json) {
          arguments.addAll(List.of("--json", "-o", journeys.toString()));
        }
        arguments.addAll(options);
        arguments.addAll(command);
        ProcessBuilder builder =
            new ProcessBuilder(arguments)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        if (folder != null) {
          builder.directory(folder.toFile());
        }
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError("no end after 10 minutes: " + arguments);
        }
        List<String> lines = json ? Files.readAllLines(journeys) : List.of();
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : lines) {
          parsed.add(MAPPER.readTree(line));
        }
        return new Follow(
            process.exitValue(), Files.readString(out), Files.readString(err), lines, parsed);
      } finally {
        Files.deleteIfExists(journeys);
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static List<String> java() {
    String path = System.getProperty("surefire.test.class.path");
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        path != null ? path : Objects.requireNonNull(System.getProperty("java.class.path")),
        "trapline.cli.Main");
  }

  /// The run when it ended as it should.
  Follow orFail() {
    if (status != 0) {
      throw new AssertionError("exit status " + status + "\n" + err);
    }
    return this;
  }

  /// The one journey of a call, or the first when there are several.
  JsonNode first(String call) {
    return all(call).getFirst();
  }

  /// Every journey of a call.
  List<JsonNode> all(String call) {
    List<JsonNode> found = journeys.stream().filter(each -> name(each).equals(call)).toList();
    if (found.isEmpty()) {
      throw new AssertionError(
          "no " + call + " in " + journeys.stream().map(Follow::name).toList());
    }
    return found;
  }

  /// The journeys of each thread in the order in which they ended, by thread id.
  Map<Integer, List<JsonNode>> threads() {
    Map<Integer, List<JsonNode>> threads = new TreeMap<>();
    for (JsonNode each : journeys) {
      int id = each.get("thread").get("tid").asInt();
      threads.computeIfAbsent(id, key -> new ArrayList<>()).add(each);
    }
    return threads;
  }

  static String name(JsonNode journey) {
    return journey.get("syscall").get("name").asText();
  }

  /// A hop of a journey; one with `missing` counts.
  static JsonNode hop(JsonNode journey, String kind) {
    for (JsonNode hop : journey.get("hops")) {
      if (hop.get("kind").asText().equals(kind)) {
        return hop;
      }
    }
    throw new AssertionError("no " + kind + " in " + journey);
  }

  /// Parses a line of JSON that another tool wrote.
  static JsonNode parse(String line) throws IOException {
    return MAPPER.readTree(line);
  }
}
