package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// What a run has said is not said again, and what it counts is what JSON lists.
@Tag("host")
class LessToReadTest {
  private static final String PROGRAM =
      """
      #include <fcntl.h>
      #include <unistd.h>
      static inline __attribute__((always_inline)) void put(int fd) { write(fd, "x", 1); }
      int main(int argc, char **argv) {
        int fd = open("/dev/null", O_WRONLY);
        for (int i = 0; i < 17; i++) {
          close(90 + i);
        }
        put(fd);
        put(fd);
        put(-1);
        #pragma GCC unroll 3
        for (int i = 0; i < 3; i++) {
          dup(fd);
        }
        close(fd);
        _exit(argc + 6);
      }
      """;

  @TempDir static Path folder;
  private static String debug = "";
  private static String stripped = "";

  @BeforeAll
  static void compile() throws IOException {
    Tools.require("gcc");
    Path source = folder.resolve("less.c");
    Files.writeString(source, PROGRAM);
    debug = folder.resolve("less").toString();
    stripped = folder.resolve("bare").toString();
    Command.run("gcc", "-g", "-O1", "-o", debug, source.toString()).orFail();
    Command.run("gcc", "-s", "-O1", "-o", stripped, source.toString()).orFail();
  }

  /// The kernel's part of each call is shown in full once, by the count of JSON's journeys.
  @Test
  void kernelPartsAreShownOnce() {
    Follow text = run(List.of(), debug, 100);
    Map<String, Long> journeys =
        own(Follow.json(List.of(), List.of(debug)), each -> true)
            .collect(
                java.util.stream.Collectors.groupingBy(
                    Follow::name, java.util.stream.Collectors.counting()));
    for (String call : List.of("close", "write", "dup")) {
      assertThat(lines(text, line -> line.contains("entry_SYSCALL_64"))).isNotEmpty();
      assertThat(
              lines(text, line -> line.startsWith("══╪ KERNEL      … → __x64_sys_" + call + " ")))
          .as(call)
          .hasSizeLessThanOrEqualTo(1);
    }
    // Two closes; the third write is another outcome, the second only another call site.
    assertThat(journeys).containsEntry("close", 2L).containsEntry("write", 3L);
    assertThat(lines(text, line -> line.contains("KERNEL      close → "))).hasSize(1);
    assertThat(lines(text, line -> line.contains("KERNEL      write → "))).hasSize(1);
    assertThat(lines(text, line -> line.contains("entry_SYSCALL_64"))).hasSize(1);
    assertThat(text.out())
        .containsPattern("write\\([^\n]*(\n *)?\\S+less.c:3 .*call site 2 of this line");
    // The compiler made three calls of the loop.
    assertThat(lines(text, line -> line.startsWith("dup("))).hasSize(3);
    assertThat(lines(text, line -> line.contains("call site 3 of this line"))).hasSize(1);
  }

  /// Each function that traps is shown once, and each slot of the linkage table.
  @Test
  void theLibrarysPartIsShownOnce() {
    List<JsonNode> journeys = own(Follow.json(List.of(), List.of(debug)), each -> true).toList();
    Follow text = run(List.of(), debug, 100);
    assertThat(lines(text, line -> line.contains("syscall ◀ here") || line.endsWith("◀ here")))
        .hasSize(distinct(journeys, "syscall-instruction", "linkAddress"));
    assertThat(lines(text, line -> line.contains("  GOT 0x")))
        .hasSize(distinct(journeys, "plt", "slot"));
    assertThat(lines(text, line -> line.contains("YOUR PROGRAM"))).hasSize(1);
  }

  private static int distinct(List<JsonNode> journeys, String kind, String field) {
    return (int)
        journeys.stream()
            .flatMap(
                each ->
                    java.util.stream.StreamSupport.stream(each.get("hops").spliterator(), false))
            .filter(hop -> hop.get("kind").asText().equals(kind) && hop.has(field))
            // Pages move from one run to the next.
            .map(hop -> hop.get(field).asText().replaceAll("^.*(?=...$)", ""))
            .distinct()
            .count();
  }

  /// Without lines, the calls of one function belong together when they end alike.
  @Test
  void callsOfOneFunctionAreOneJourney() throws IOException {
    String plain = folder.resolve("plain").toString();
    Command.run("gcc", "-O1", "-o", plain, folder.resolve("less.c").toString()).orFail();
    Follow text = run(List.of(), plain, 100);
    assertThat(lines(text, line -> line.contains("call site 2 of this function"))).hasSize(2);
    assertThat(lines(text, line -> line.contains("call site 3 of this function"))).hasSize(1);
    // The write that failed is shown with its way back, and so is the close that did not.
    assertThat(lines(text, line -> line.startsWith("══╪ KERNEL      write → "))).hasSize(1);
    assertThat(lines(text, line -> line.startsWith("══╪ KERNEL      close → "))).hasSize(1);
    assertThat(text.out()).doesNotContain("of this line");
  }

  @Test
  void countsAreThoseOfJson() {
    Follow json = Follow.json(List.of("--all"), List.of(debug));
    long calls = json.journeys().size();
    long failed =
        own(json, each -> each.get("outcome").get("kind").asText().equals("failed")).count();

    Matcher all = summary(run(List.of("--all"), debug, 400));
    assertThat(Long.parseLong(all.group(2))).isEqualTo(calls);
    assertThat(all.group()).contains("; " + failed + " failed: close EBADF ×17, ");
    Matcher once = summary(run(List.of(), debug, 400));
    assertThat(once.group(2)).isEqualTo(all.group(2));
    assertThat(once.group(4)).isEqualTo(all.group(4));
    long sites = own(Follow.json(List.of(), List.of(debug)), each -> true).count();
    assertThat(Long.parseLong(once.group(5))).isEqualTo(sites);
    assertThat(run(List.of(), debug, 400).out().replaceAll("\n  ", " "))
        .contains("most often: close ×17 ")
        .contains(", dup ×3 ");
  }

  /// A run that ended because all was followed has no summary: the program did not end by itself.
  @Test
  void summaryNeedsAnEnd() {
    assertThat(run(List.of("--call", "dup"), debug, 100).out()).doesNotContain("exited with");
    assertThat(run(List.of("--json"), debug, 100).out()).doesNotContain("exited with");
    assertThat(summary(run(List.of(), debug, 400)).group(1)).isEqualTo("7");
    assertThat(run(List.of("--call", "dup,bind"), debug, 400).out())
        .contains("exited with status 7: 3 calls from 3 call sites; none failed\n");
  }

  @Test
  void missingDebugInformationIsNotedOnce() {
    for (List<String> options : List.of(List.<String>of(), List.of("--ascii"))) {
      for (int width : new int[] {80, 100}) {
        Follow text = run(options, stripped, width);
        assertThat(lines(text, line -> line.contains("no debug information"))).hasSize(1);
        assertThat(text.out().lines()).allMatch(line -> line.length() <= width);
      }
    }
  }

  @Test
  void briefIsOneLineAJourney() {
    long journeys = own(Follow.json(List.of(), List.of(debug)), each -> true).count();
    for (int width : new int[] {80, 100}) {
      Follow brief = run(List.of("--brief", "--ascii"), debug, width);
      List<String> lines =
          brief.out().lines().filter(line -> line.matches("\\w+\\(.*\\) = .*")).toList();
      assertThat(lines).hasSize((int) journeys);
      assertThat(lines).allMatch(line -> line.length() <= width);
      List<String> timed = lines.stream().filter(line -> line.endsWith("s")).toList();
      assertThat(timed).hasSize(lines.size()).allMatch(line -> line.length() == width);
      assertThat(lines.stream().map(line -> line.indexOf("less.c:")).distinct()).hasSize(1);
      assertThat(lines).anyMatch(line -> line.startsWith("close(90) = -1 EBADF "));
      assertThat(lines).anyMatch(line -> line.startsWith("_exit") || line.contains("(7) = ? "));
    }
    assertThat(run(List.of("--brief", "--json"), debug, 100).status()).isEqualTo(2);
    assertThat(run(List.of("--brief", "--steps"), debug, 100).status()).isEqualTo(2);
  }

  private static Follow run(List<String> options, String program, int width) {
    return Follow.run(false, options, List.of(program), Map.of("COLUMNS", Integer.toString(width)));
  }

  private static List<String> lines(Follow run, Predicate<String> wanted) {
    return run.out().lines().filter(wanted).toList();
  }

  /// The journeys behind the start of the program.
  private static Stream<JsonNode> own(Follow json, Predicate<JsonNode> wanted) {
    return json.journeys().stream()
        .dropWhile(each -> !each.toString().contains("less.c"))
        .filter(wanted);
  }

  /// In 160 columns, the most there are, the first part of the summary is one line or two.
  private static Matcher summary(Follow run) {
    Matcher found =
        Pattern.compile(
                "exited with status (\\d+): (\\d+) calls, (\\d+) of them before its own code;"
                    + " (\\d+) from (\\d+) call sites; .*")
            .matcher(run.out().replaceAll("\n  ", " "));
    assertThat(found.find()).as(run.out()).isTrue();
    return found;
  }
}
