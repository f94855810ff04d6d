package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// The user's line of a call is in his own source, however much of others' code lies between.
@Tag("host")
class UserLineTest {
  /// mmap, mprotect, munmap, brk and futex: whether threads meet, and where, decides about them.
  private static final Set<Integer> BY_CHANCE = Set.of(9, 10, 11, 12, 202);

  @TempDir Path folder;

  /// The innermost frame that gdb has in the program's source file is the user's.
  @ParameterizedTest
  @CsvSource({"g++, -O0", "g++, -O2", "clang++, -O1"})
  void isTheInnermostOneInTheProgramsSource(String compiler, String level) {
    Tools.require("gdb");
    Path program =
        Programs.compileWith(
            compiler,
            folder,
            "standard",
            Matrix.source("standard.cc"),
            "-g",
            level,
            "-std=c++17",
            "-pthread",
            "-w");
    Follow run = Follow.json(List.of("--all"), List.of(program.toString())).orFail();
    List<List<JsonNode>> stops = GdbStops.of(program, "set confirm off", "");
    List<List<JsonNode>> threads = new ArrayList<>(run.threads().values());
    assertThat(threads).hasSameSizeAs(stops);
    int compared = 0;
    for (int thread = 0; thread < threads.size(); thread++) {
      List<String> ours = new ArrayList<>();
      for (JsonNode journey : threads.get(thread)) {
        JsonNode line = Follow.hop(journey, "source-line");
        if (!inSource(line.get("stack")).isEmpty()) {
          add(ours, journey.at("/syscall/number").asInt(), place(line));
        }
      }
      List<String> theirs = new ArrayList<>();
      for (JsonNode stop : stops.get(thread)) {
        String place = inSource(stop.get("frames"));
        if (!place.isEmpty()) {
          add(theirs, stop.get("call").asInt(), place);
        }
      }
      assertThat(ours).isEqualTo(theirs);
      compared += ours.size();
    }
    assertThat(compared).isGreaterThan(40);
  }

  private static void add(List<String> calls, int number, String place) {
    if (!BY_CHANCE.contains(number)) {
      calls.add(number + " " + place);
    }
  }

  private static String place(JsonNode frame) {
    return frame.get("file").asText() + ":" + frame.get("line").asText();
  }

  private static String inSource(JsonNode frames) {
    for (JsonNode frame : frames) {
      if (frame.get("file").asText("").endsWith("/standard.cc")) {
        return place(frame);
      }
    }
    return "";
  }
}
