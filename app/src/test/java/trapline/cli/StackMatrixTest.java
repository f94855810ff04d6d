package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Tools;

/// Every call of a program is at the same place for gdb and for addr2line: functions, files, lines
/// and inlined calls of every level.
@Tag("host")
class StackMatrixTest {
  /// The program's own trap, behind which gdb asks for the line.
  private static final int GETUID = 102;

  @ParameterizedTest
  @EnumSource(value = Variant.class, mode = EnumSource.Mode.MATCH_NONE, names = "MUSL.*")
  void stacksAreThoseOfGdb(Variant variant) {
    Tools.require("gdb", "addr2line");
    List<JsonNode> theirs = Matrix.stops(variant).getFirst();
    List<JsonNode> ours = inOrderOf(theirs, Matrix.followed(variant).journeys());
    assertThat(ours.stream().map(j -> j.at("/syscall/number").asText()).toList())
        .isEqualTo(theirs.stream().map(j -> j.get("call").asText()).toList());
    SoftAssertions softly = new SoftAssertions();
    int compared = 0;
    for (int i = 0; i < ours.size(); i++) {
      JsonNode journey = ours.get(i);
      boolean early = Stacks.isEarly(theirs.get(i).get("frames"));
      if (!early && !journey.get("hops").isEmpty()) {
        JsonNode stack = Follow.hop(journey, "source-line").get("stack");
        softly
            .assertThat(ours(stack, theirs.get(i).get("frames")))
            .as("%s %d: %s", variant, i, Follow.name(journey))
            .isEqualTo(theirs(theirs.get(i).get("frames")));
        compared++;
      }
    }
    softly.assertAll();
    assertThat(compared).isGreaterThan(15);
  }

  /// A journey is written when its thread is back at the caller, so those of a signal handler's
  /// calls come before that of the call behind which the signal came; gdb stops where calls begin.
  private static List<JsonNode> inOrderOf(List<JsonNode> stops, List<JsonNode> journeys) {
    List<JsonNode> left = new ArrayList<>(journeys);
    List<JsonNode> ordered = new ArrayList<>();
    for (JsonNode stop : stops) {
      for (JsonNode journey : left) {
        if (journey.at("/syscall/number").asText().equals(stop.get("call").asText())) {
          ordered.add(journey);
          left.remove(journey);
          break;
        }
      }
    }
    ordered.addAll(left);
    return ordered;
  }

  /// Our levels. Where gdb says otherwise of one frame, addr2line decides: gdb has the lines that
  /// begin no statement not in its tables, and asks behind the trap.
  private static List<String> ours(JsonNode stack, JsonNode theirs) {
    List<List<JsonNode>> gdbs = Stacks.frames(theirs);
    List<String> levels = new ArrayList<>();
    List<List<JsonNode>> frames = Stacks.asGdb(Stacks.frames(stack));
    for (int i = 0; i < frames.size(); i++) {
      List<JsonNode> frame = frames.get(i);
      List<String> mine = Stacks.levels(frame);
      List<String> same = i < gdbs.size() ? Stacks.levels(gdbs.get(i)) : List.of();
      boolean known = frame.getLast().get("evidence").asText().equals("debug-info");
      boolean proven = known && !mine.equals(same) && Stacks.isProven(frame, "matrix.c", false);
      levels.addAll(proven ? same : mine);
    }
    return levels;
  }

  private static List<String> theirs(JsonNode frames) {
    List<String> levels = new ArrayList<>();
    for (List<JsonNode> frame : Stacks.frames(frames)) {
      levels.addAll(Stacks.levels(frame));
    }
    return levels;
  }

  /// musl has neither debug information nor unwind tables, and gdb loses its way there. So the
  /// program's own levels are held against those that gdb sees in the same program with glibc.
  @ParameterizedTest
  @EnumSource(value = Variant.class, mode = EnumSource.Mode.MATCH_ANY, names = "MUSL.*")
  void programIsTheSameWithMusl(Variant variant) {
    Tools.require("gdb");
    Map<Integer, JsonNode> expected = new HashMap<>();
    Set<Integer> several = new HashSet<>();
    for (JsonNode stop : Matrix.stops(Variant.NO_PIE).getFirst()) {
      int number = stop.get("call").asInt();
      if (expected.put(number, stop.get("frames")) != null) {
        several.add(number);
      }
    }
    expected.keySet().removeAll(several);
    expected.remove(GETUID);
    Set<String> compared = new TreeSet<>();
    SoftAssertions softly = new SoftAssertions();
    for (JsonNode journey : Matrix.followed(variant).journeys()) {
      JsonNode frames = expected.get(journey.at("/syscall/number").asInt());
      if (frames != null && frames.toString().contains("\"main\"")) {
        JsonNode stack = Follow.hop(journey, "source-line").get("stack");
        softly
            .assertThat(inProgram(stack))
            .as("%s: %s", variant, Follow.name(journey))
            .isEqualTo(inProgram(frames));
        compared.add(Follow.name(journey));
      }
    }
    softly.assertAll();
    assertThat(compared)
        .contains("socket", "bind", "dup2", "getppid", "umask", "unlink", "exit_group");
  }

  private static List<String> inProgram(JsonNode stack) {
    return theirs(stack).stream().filter(level -> level.contains(" matrix.c:")).toList();
  }
}
