package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Tools;

/// The way back: where errno is, and which variable received the result.
@Tag("host")
class ReturnMatrixTest {
  @ParameterizedTest
  @EnumSource(
      value = Variant.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"STATIC", "STATIC_PIE", "MUSL", "MUSL_STATIC"})
  void errnoIsWhereGdbSeesIt(Variant variant) {
    Tools.require("gdb");
    String expected = null;
    for (JsonNode stop : Matrix.stops(variant).getFirst()) {
      expected = stop.get("errno").isNull() ? expected : stop.get("errno").asText();
    }
    assertThat(expected).isNotNull();
    int stored = 0;
    for (JsonNode journey : Matrix.followed(variant).journeys()) {
      boolean failed = journey.at("/outcome/kind").asText().equals("failed");
      boolean ours = failed && !journey.get("hops").isEmpty() && isOfProgram(journey);
      if (ours) {
        JsonNode hop = Follow.hop(journey, "return");
        assertThat(hop.get("errnoStore").asText())
            .as("%s %s", variant, Follow.name(journey))
            .isEqualTo("%fs:" + expected);
        stored++;
      } else if (!failed && !journey.get("hops").isEmpty()) {
        assertThat(Follow.hop(journey, "return").has("errnoStore")).isFalse();
      }
    }
    assertThat(stored).isEqualTo(3);
  }

  private static boolean isOfProgram(JsonNode journey) {
    return Follow.hop(journey, "source-line").get("stack").toString().contains("\"main\"")
        || List.of("openat", "unlink").contains(Follow.name(journey))
            && journey.get("arguments").toString().contains("/nonexistent/")
        || journey.get("arguments").toString().contains("\"-1\"");
  }

  /// What the program's source says. Where the result goes nowhere, nothing may be named.
  @ParameterizedTest
  @EnumSource(Variant.class)
  void variablesAreThoseOfTheSource(Variant variant) {
    Map<String, String> assigned = new TreeMap<>();
    Map<String, String> results = new HashMap<>();
    for (JsonNode journey : Matrix.followed(variant).journeys()) {
      if (!journey.get("hops").isEmpty()) {
        JsonNode hop = Follow.hop(journey, "return");
        JsonNode user = Follow.hop(journey, "source-line");
        if (hop.has("assignment") && user.get("file").asText("").endsWith("matrix.c")) {
          assigned.put(Follow.name(journey), hop.get("assignment").asText());
        }
        results.put(Follow.name(journey), journey.at("/outcome/value").asText());
      }
    }
    assertThat(assigned.keySet())
        .isSubsetOf(
            "openat", "open", "socket", "listen", "umask", "getuid", "close", "unlink", "dup",
            "dup2");
    for (Map.Entry<String, String> each : assigned.entrySet()) {
      String value = each.getValue().substring(each.getValue().indexOf('=') + 2);
      String name = each.getValue().substring(0, each.getValue().indexOf(' '));
      assertThat(name)
          .as("%s %s", variant, each)
          .isIn(
              switch (each.getKey()) {
                case "openat", "open" -> List.of("fd");
                case "socket" -> List.of("sfd");
                case "listen" -> List.of("backlog");
                case "umask" -> List.of("umask_now");
                case "getuid" -> List.of("result", "session");
                case "close" -> List.of("status");
                case "dup" -> List.of("kept.fd");
                case "dup2" -> List.of("table[1]");
                default -> List.of("bad");
              });
      String result = results.get(each.getKey());
      assertThat(value)
          .as("%s %s", variant, each)
          .isEqualTo(result.startsWith("-") ? "-1" : result);
    }
    if (variant == Variant.O0 || variant == Variant.STATIC || variant == Variant.BIND_NOW) {
      assertThat(assigned.keySet())
          .containsExactlyInAnyOrder(
              "openat", "socket", "listen", "umask", "getuid", "close", "unlink", "dup", "dup2");
    } else if (variant.hasDebugInfo()) {
      assertThat(assigned).containsEntry("socket", "sfd = 3");
    } else {
      assertThat(assigned).isEmpty();
    }
  }
}
