package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Strangers' programs have the same stacks at their first system calls under Trapline and in gdb,
/// frames of tail calls included; and the linkage hops are what objdump says of the call, and lead
/// to a function that is on the stack. `-Dtrapline.stacks=NAME,…` runs chosen programs of
/// `strace-programs.txt`, `all` every one; without it some quick ones run. A table is printed then.
class StackProgramsTest {
  private static final String CHOSEN = System.getProperty("trapline.stacks", "");

  /// At how many calls a program of every test run, and one that was asked for, is looked at.
  private static final int QUICK_STOPS = 150;

  private static final int STOPS = 1500;

  /// How far apart two runs may be before their calls are not compared any more.
  private static final int LOST = 40;

  private static final List<String> TABLE = new ArrayList<>();

  @TempDir Path folder;

  private int equal;
  private int missing;
  private int wrong;
  private int byCode;
  private int right;
  private final List<String> differences = new ArrayList<>();
  private final List<String> wrongHops = new ArrayList<>();
  private final Map<String, Map<String, String>> branches = new HashMap<>();

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
    List<JsonNode> theirs = GdbStops.of(folder, command, stops).getFirst();
    program.prepare(folder);
    Follow run = Follow.fixed(folder, List.of("--all"), command);
    int first = run.journeys().getFirst().at("/thread/tid").asInt();
    List<JsonNode> ours = run.threads().getOrDefault(first, List.of());
    compare(ours, theirs);
    ours.stream().limit(stops).forEach(this::checkHop);
    TABLE.add(
        String.format(
            "%-11s %7d %7d %6d %8d %6d %6d",
            program.name(), equal, missing, wrong, byCode, right, wrongHops.size()));
    differences.stream().distinct().limit(12).forEach(each -> TABLE.add("    " + each));
    assertThat(equal).isGreaterThan(50);
    assertThat(wrongHops).as(program.name()).isEmpty();
    if (CHOSEN.isEmpty()) {
      // Of the others the table tells: gdb loses its way in some, and writes C++ names out.
      assertThat(differences).as(program.name()).isEmpty();
    }
  }

  /// Calls are paired in their order, and where one side has a call that the other lacks, the
  /// nearest equal ones.
  private void compare(List<JsonNode> ours, List<JsonNode> theirs) {
    int i = 0;
    int j = 0;
    while (i < ours.size() && j < theirs.size()) {
      int[] next = nextPair(ours, i, theirs, j);
      if (next.length == 0) {
        return;
      }
      i = next[0];
      j = next[1];
      JsonNode frames = theirs.get(j).get("frames");
      if (!ours.get(i).get("hops").isEmpty() && !Stacks.isEarly(frames)) {
        JsonNode stack = Follow.hop(ours.get(i), "source-line").get("stack");
        compare(Follow.name(ours.get(i)), stack, frames);
      }
      i++;
      j++;
    }
  }

  private static int[] nextPair(List<JsonNode> ours, int i, List<JsonNode> theirs, int j) {
    for (int apart = 0; apart < LOST; apart++) {
      for (int k = 0; k <= apart; k++) {
        int a = i + k;
        int b = j + apart - k;
        if (a < ours.size()
            && b < theirs.size()
            && ours.get(a).at("/syscall/number").asInt() == theirs.get(b).get("call").asInt()) {
          return new int[] {a, b};
        }
      }
    }
    return new int[0];
  }

  private void compare(String call, JsonNode ours, JsonNode theirs) {
    List<List<JsonNode>> frames = Stacks.frames(ours);
    List<List<JsonNode>> known = Stacks.asGdb(frames);
    byCode += frames.size() - known.size();
    List<List<JsonNode>> there = Stacks.frames(theirs);
    for (int i = 0; i < known.size() && known.size() == there.size(); i++) {
      // gdb has the lines that begin no statement not in its tables: addr2line decides.
      List<JsonNode> frame = known.get(i);
      if (frame.getLast().get("evidence").asText().equals("debug-info")
          && !Stacks.levels(frame).equals(Stacks.levels(there.get(i)))
          && Stacks.isProven(frame, "")) {
        known.set(i, there.get(i));
      }
    }
    List<String> mine = levels(known);
    List<String> gdbs = levels(there);
    int same = common(mine, gdbs);
    equal += same;
    missing += gdbs.size() - same;
    wrong += mine.size() - same;
    if (same != mine.size() || same != gdbs.size()) {
      List<String> lacking = new ArrayList<>(gdbs);
      lacking.removeAll(mine);
      List<String> more = new ArrayList<>(mine);
      more.removeAll(gdbs);
      differences.add(call + ": gdb alone " + lacking + ", ours alone " + more);
    }
  }

  /// The levels of some frames. Of the innermost only the function: gdb asks for the line behind
  /// the trap.
  private static List<String> levels(List<List<JsonNode>> frames) {
    List<String> levels = new ArrayList<>();
    for (List<JsonNode> frame : frames) {
      if (levels.isEmpty()) {
        levels.add(Stacks.function(frame.getLast().get("function").asText()));
      } else {
        levels.addAll(Stacks.levels(frame));
      }
    }
    return levels;
  }

  /// The length of the longest common subsequence.
  private static int common(List<String> one, List<String> other) {
    int[][] length = new int[one.size() + 1][other.size() + 1];
    for (int i = one.size() - 1; i >= 0; i--) {
      for (int j = other.size() - 1; j >= 0; j--) {
        length[i][j] =
            one.get(i).equals(other.get(j))
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    return length[0][0];
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
    String shown = branch(site.get("module").asText(), call.get("linkAddress").asText());
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

  /// What objdump says of the instruction at a link address.
  private String branch(String module, String address) {
    return branches
        .computeIfAbsent(module, key -> new HashMap<>())
        .computeIfAbsent(
            address,
            key -> {
              String end = "0x" + Long.toHexString(Long.decode(key) + 16);
              String text =
                  Command.run(
                          "objdump",
                          "-d",
                          "--no-show-raw-insn",
                          "--start-address=" + key,
                          "--stop-address=" + end,
                          module)
                      .out();
              int first = text.indexOf(":\t");
              return first < 0 ? "" : text.substring(first + 2, text.indexOf('\n', first));
            });
  }

  @AfterAll
  static void print() {
    if (!CHOSEN.isEmpty()) {
      System.out.println("program       equal missing  wrong  by code   hops  wrong");
      TABLE.forEach(System.out::println);
    }
  }
}
