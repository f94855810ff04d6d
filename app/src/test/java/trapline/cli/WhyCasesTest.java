package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.CloudKernels;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// What `why` says of failing calls, in real guests: `why/cases.txt`, each entry of which was
/// checked against the kernel's source by reading it.
@Tag("vm")
class WhyCasesTest {
  private static final List<String> PROGRAMS = List.of("file", "net", "proc", "recover");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// @param program which of [#PROGRAMS] makes the call
  /// @param name the comment on the line of the call
  /// @param kind `function`, `signal` and so on
  /// @param road functions in 6.12, innermost first
  /// @param older the innermost function in 6.1
  /// @param because what the error was said for; empty when it is not looked at
  private record Case(
      String program,
      String name,
      String call,
      String errno,
      String kind,
      String road,
      String older,
      String because) {}

  /// What `why` says of one line of a program.
  private record Answer(JsonNode call, JsonNode error) {
    String road() {
      List<String> functions = new ArrayList<>();
      for (JsonNode teller : error.get("road")) {
        functions.addFirst(teller.get("function").asText());
      }
      return String.join(" ", functions);
    }

    String explanation() {
      return error.has("explanation") ? error.get("explanation").asText() : "";
    }

    /// Of an interrupted call the answer names the kernel's own code, of which the program sees
    /// EINTR.
    String errno() {
      String name = error.get("errno").get("name").asText();
      return name.startsWith("ERESTART") ? "EINTR" : name;
    }
  }

  @TempDir static Path folder;
  private static final Map<String, Path> programs = new HashMap<>();

  @BeforeAll
  static void compile() throws IOException {
    Tools.require("gcc");
    for (String program : PROGRAMS) {
      programs.put(
          program, Programs.compile(folder, program, resource(program + ".c"), "-g", "-O0", "-w"));
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(WhyCasesTest.class.getResourceAsStream("why/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : resource("cases.txt").split("\n")) {
      if (line.isEmpty() || line.startsWith("#") || line.startsWith(" ")) {
        continue;
      }
      String[] parts = (line + " ").split("\\|", -1);
      assertThat(parts).as(line).hasSizeBetween(7, 8);
      for (int i = 0; i < parts.length; i++) {
        parts[i] = parts[i].strip();
      }
      String because = parts.length > 7 ? parts[7] : "";
      cases.add(
          new Case(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], because));
    }
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> in612() throws IOException {
    Map<String, Answer> answers = answers("6.12");
    return cases().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.name(),
                    () -> {
                      Answer answer = check(each, answers);
                      assertThat(answer.road()).isEqualTo(each.road());
                    }));
  }

  /// Roads of 6.1 differ here and there in functions that pass an error on; who says it is in most
  /// cases the same.
  @TestFactory
  Stream<DynamicTest> in61() throws IOException {
    Map<String, Answer> answers = answers("6.1");
    return cases().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.name(),
                    () -> {
                      Answer answer = check(each, answers);
                      String innermost = each.older().isEmpty() ? each.road() : each.older();
                      assertThat(answer.road().split(" ")[0]).isEqualTo(innermost.split(" ")[0]);
                    }));
  }

  private static Answer check(Case each, Map<String, Answer> answers) {
    Answer answer = Objects.requireNonNull(answers.get(each.name()), "no answer");
    assertThat(answer.call().get("syscall").get("name").asText()).isEqualTo(each.call());
    assertThat(answer.errno()).isEqualTo(each.errno());
    assertThat(answer.error().get("kind").asText()).isEqualTo(each.kind());
    assertThat(answer.explanation()).contains(each.because());
    assertThat(answer.explanation().contains(" says it for "))
        .isEqualTo(each.because().contains(" says it for "));
    assertThat(answer.error().get("observed").has("difference")).isFalse();
    return answer;
  }

  /// By the comment on the call's line.
  private static Map<String, Answer> answers(String series) throws IOException {
    Map<String, Answer> answers = new HashMap<>();
    String image = CloudKernels.series(series).toString();
    for (String name : PROGRAMS) {
      Path output = folder.resolve(name + series + ".json");
      Command run =
          Cli.run(
              folder,
              "why",
              "--all",
              "--json",
              "--observe",
              "vm",
              "--guest-kernel",
              image,
              "-o",
              output.toString(),
              Objects.requireNonNull(programs.get(name)).toString());
      assertThat(run.err()).contains("trapline: observed in guest kernel " + series + ".");
      assertThat(run.status()).as(run.err()).isZero();
      for (String line : Files.readAllLines(output)) {
        JsonNode call = MAPPER.readTree(line);
        String text = call.get("hops").get(0).get("text").asText();
        answers.put(
            text.substring(text.lastIndexOf("//") + 2).strip(),
            new Answer(call, call.get("error")));
      }
    }
    return answers;
  }
}
