package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.testing.Tools;

/// Strangers' programs have the same stacks at their first system calls under Trapline and in gdb,
/// frames of tail calls included; and the linkage hops are what objdump says of the call, and lead
/// to a function that is on the stack. `-Dtrapline.stacks=NAME,…` runs chosen programs of
/// `strace-programs.txt`, `all` every one; without it some quick ones run. A table is printed then.
@Tag("host")
class StackProgramsTest {
  private static final String CHOSEN = System.getProperty("trapline.stacks", "");

  /// At how many calls a program of every test run, and one that was asked for, is looked at.
  private static final int QUICK_STOPS = 150;

  private static final int STOPS = 1500;

  private static final List<String> TABLE = new ArrayList<>();

  @TempDir Path folder;

  private int right;
  private final List<String> wrongHops = new ArrayList<>();

  static Stream<RealProgram> programs() {
    // What gdb needs for a large program would be felt in every test run.
    return RealProgram.chosen(CHOSEN.isEmpty() ? "tar,find,perl" : CHOSEN);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void asInGdb(RealProgram program) throws IOException {
    Tools.requireVersion("gdb", "13");
    Tools.require("objdump", "setarch");
    Tools.require(program.needed());
    // gdb does not hand on words with spaces in them as they are.
    Path script = folder.resolve("run.sh");
    Files.writeString(script, program.command().getLast() + "\n");
    List<String> command = List.of("/bin/sh", script.toString());
    program.prepare(folder);
    int stops = CHOSEN.isEmpty() ? QUICK_STOPS : STOPS;
    List<JsonNode> theirs = GdbStops.ofFirst(folder, command, stops);
    program.prepare(folder);
    Follow run = Follow.fixed(folder, List.of("--all"), command);
    int first = run.journeys().getFirst().at("/thread/tid").asInt();
    List<JsonNode> ours = run.threads().getOrDefault(first, List.of());
    ours = ours.subList(0, Math.min(stops, ours.size()));
    StackDifference difference = new StackDifference(program.timed(), ours, theirs);
    ours.forEach(this::checkHop);
    TABLE.add(row(program.name(), difference));
    assertThat(difference.equal()).isGreaterThan(50);
    assertThat(wrongHops).as(program.name()).isEmpty();
    assertThat(difference.differences()).as(program.name()).isEmpty();
  }

  private String row(String name, StackDifference difference) {
    StringBuilder row = new StringBuilder();
    row.append(
        String.format(
            "%-11s %7d %7d %7d %6d %8d %6d %6d",
            name,
            difference.equal(),
            difference.ruled(),
            difference.missing(),
            difference.wrong(),
            difference.unpaired(),
            right,
            wrongHops.size()));
    difference
        .reasons()
        .forEach((rule, levels) -> row.append(String.format("%n    %6d %s", levels, rule)));
    return row.toString();
  }

  private void checkHop(JsonNode journey) {
    if (journey.get("hops").isEmpty()) {
      return;
    }
    JsonNode plt = Follow.hop(journey, "plt");
    JsonNode site = Follow.hop(journey, "call-site");
    if (plt.has("missing") || !site.has("code")) {
      return;
    }
    JsonNode call = site.get("code").get(site.get("code").size() - 1);
    String stub = plt.path("stub").asText();
    String shown =
        FrameCode.instruction(
            site.get("module").asText(), Long.decode(call.get("linkAddress").asText()));
    long target = Long.decode(plt.get("target").asText());
    boolean reached = false;
    for (JsonNode level : Follow.hop(journey, "source-line").get("stack")) {
      long start = Long.decode(level.get("pc").asText()) - level.get("functionOffset").asLong();
      reached |= !level.get("functionOffset").isNull() && start == target;
    }
    if ((stub.isEmpty() || shown.contains("<" + stub + ">")) && reached) {
      right++;
    } else {
      wrongHops.add(
          Follow.name(journey)
              + ": hop to "
              + plt.get("symbol")
              + ", the code says "
              + shown
              + (reached ? "" : ", and that function is not on the stack"));
    }
  }

  @AfterAll
  static void print() {
    if (!CHOSEN.isEmpty()) {
      System.out.println("program       equal by rule missing  wrong unpaired   hops  wrong");
      TABLE.forEach(System.out::println);
    }
  }
}
