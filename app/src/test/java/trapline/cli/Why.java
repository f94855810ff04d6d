package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trapline.testing.Command;

/// One run of `trapline why --json` in a process of its own, and what it said.
///
/// @param status its exit status
/// @param err what it, and the program, wrote to standard error
/// @param answers the explained calls in their order
public record Why(int status, String err, List<JsonNode> answers) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// Runs `trapline why --observe vm --guest-kernel IMAGE WORDS…` in a directory.
  public static Why run(Path folder, Path image, String... words) {
    List<String> all =
        new ArrayList<>(List.of("--observe", "vm", "--guest-kernel", image.toString()));
    all.addAll(List.of(words));
    return run(folder, all);
  }

  /// Runs `trapline why WORDS…` in a directory.
  public static Why run(Path folder, List<String> words) {
    try {
      Path json = Files.createTempFile("trapline-why", ".json");
      try {
        List<String> all = new ArrayList<>(List.of("why", "--json", "-o", json.toString()));
        all.addAll(words);
        Command command = Cli.run(folder, all.toArray(new String[0]));
        return read(command.status(), command.err(), json);
      } finally {
        Files.deleteIfExists(json);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a run has left.
  static Why read(int status, String err, Path json) throws IOException {
    List<JsonNode> answers = new ArrayList<>();
    for (String line : Files.readAllLines(json)) {
      answers.add(MAPPER.readTree(line));
    }
    return new Why(status, err, answers);
  }

  /// The command that runs `trapline why WORDS…`.
  public static List<String> command(String... words) {
    List<String> all = new ArrayList<>(List.of("why"));
    all.addAll(List.of(words));
    return Cli.command(all.toArray(new String[0]));
  }

  /// The answers by what stands behind `// ` in the line of the program that made the call.
  public Map<String, JsonNode> byComment() {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    for (JsonNode answer : answers) {
      String line = answer.get("hops").get(0).path("text").asText();
      int comment = line.indexOf("// ");
      if (comment >= 0) {
        all.put(line.substring(comment + 3).strip(), answer);
      }
    }
    return all;
  }

  /// The functions that handed an error up, innermost first: `inet_csk_get_port < __inet_bind`.
  public static String road(JsonNode answer) {
    List<String> names = new ArrayList<>();
    answer.get("error").get("road").forEach(each -> names.addFirst(each.get("function").asText()));
    return String.join(" < ", names);
  }

  /// Those of all answers, by their comments.
  static Map<String, String> roads(Why why) {
    Map<String, String> roads = new LinkedHashMap<>();
    why.byComment().forEach((comment, answer) -> roads.put(comment, road(answer)));
    return roads;
  }
}
