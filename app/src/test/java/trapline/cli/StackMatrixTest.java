package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Tools;

/// Every call of a program is at the same place for gdb: names, files, lines and inlined calls of
/// every level.
class StackMatrixTest {
  @ParameterizedTest
  @EnumSource(Variant.class)
  void stacksAreThoseOfGdb(Variant variant) {
    Tools.require("gdb");
    List<JsonNode> ours = Matrix.followed(variant).journeys();
    List<JsonNode> theirs = Matrix.stops(variant).getFirst();
    List<String> ourCalls = ours.stream().map(j -> j.at("/syscall/number").asText()).toList();
    List<String> theirCalls = theirs.stream().map(j -> j.get("call").asText()).toList();
    assertThat(ourCalls).isEqualTo(theirCalls);
    int compared = 0;
    for (int i = 0; i < ours.size(); i++) {
      JsonNode journey = ours.get(i);
      if (journey.get("hops").isEmpty()) {
        continue;
      }
      List<String> stack = ours(Follow.hop(journey, "source-line").get("stack"));
      assertThat(stack)
          .as("%s %d: %s", variant, i, Follow.name(journey))
          .isEqualTo(theirs(theirs.get(i).get("frames")));
      compared++;
    }
    assertThat(compared).isGreaterThan(20);
  }

  private static List<String> ours(JsonNode stack) {
    List<String> levels = new ArrayList<>();
    for (JsonNode frame : stack) {
      levels.add(
          level(
              frame.get("function").asText(),
              frame.get("file").asText(null),
              frame.get("line").asInt(),
              frame.get("inlined").asBoolean(),
              frame.get("signal").asBoolean()));
    }
    return levels;
  }

  private static List<String> theirs(JsonNode frames) {
    List<String> levels = new ArrayList<>();
    for (JsonNode frame : frames) {
      levels.add(
          level(
              frame.get("function").asText(),
              frame.get("file").asText(null),
              frame.get("line").asInt(),
              frame.get("inlined").asBoolean(),
              frame.get("signal").asBoolean()));
      if (frame.get("function").asText().equals("_start")) {
        break;
      }
    }
    return levels;
  }

  private static String level(
      String function, String file, int line, boolean inlined, boolean signal) {
    return (function.startsWith("__GI_") ? function.substring(5) : function)
        + (file == null ? "" : " " + file.substring(file.lastIndexOf('/') + 1) + ":" + line)
        + (inlined ? " inlined" : "")
        + (signal ? " signal" : "");
  }
}
