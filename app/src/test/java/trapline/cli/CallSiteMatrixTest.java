package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Command;
import trapline.testing.Tools;

/// The instructions of call sites are those that objdump shows there, and their notes say which
/// parameter each sets to which value.
@Tag("host")
class CallSiteMatrixTest {
  @ParameterizedTest
  @EnumSource(Variant.class)
  void instructionsAreThoseOfObjdump(Variant variant) {
    Tools.require("objdump");
    Path program = Matrix.program(variant);
    Map<String, String> expected = instructions(program);
    int compared = 0;
    for (JsonNode journey : Matrix.followed(variant).journeys()) {
      for (JsonNode hop : journey.get("hops")) {
        boolean own =
            hop.path("module").asText().equals(program.toString())
                && (hop.get("kind").asText().equals("call-site")
                    || hop.get("kind").asText().equals("wrapper"));
        if (own && hop.has("code")) {
          for (JsonNode line : hop.get("code")) {
            String address = line.get("linkAddress").asText();
            assertThat(plain(line.get("text").asText()))
                .as("%s %s %s", variant, Follow.name(journey), address)
                .isEqualTo(expected.get(address));
            compared++;
          }
        }
      }
    }
    assertThat(compared).isGreaterThan(50);
  }

  private static Map<String, String> instructions(Path program) {
    Map<String, String> found = new HashMap<>();
    String text = Command.run("objdump", "-d", "--no-show-raw-insn", program.toString()).orFail();
    for (String line : text.split("\n")) {
      int colon = line.indexOf(":\t");
      if (line.startsWith(" ") && colon > 0) {
        found.put("0x" + line.substring(0, colon).strip(), plain(line.substring(colon + 2)));
      }
    }
    return found;
  }

  /// Without the names in comments and brackets, which differ where symbols are missing.
  private static String plain(String text) {
    String plain = text.replaceFirst("\\s*#.*$", "").replaceFirst("\\s*<[^>]*>", "");
    return plain.strip().replaceAll("\\s+", " ");
  }

  /// What each note says is what the program's source passes.
  @ParameterizedTest
  @EnumSource(Variant.class)
  void notesNameParameterAndValue(Variant variant) {
    Map<String, Set<String>> notes = new HashMap<>();
    for (JsonNode journey : Matrix.followed(variant).journeys()) {
      if (!journey.get("hops").isEmpty()) {
        JsonNode site = Follow.hop(journey, "call-site");
        Set<String> found = new HashSet<>();
        for (JsonNode line : site.path("code")) {
          found.add(line.path("note").asText());
        }
        notes.computeIfAbsent(Follow.name(journey), key -> new TreeSet<>()).addAll(found);
      }
    }
    assertThat(notes.get("socket"))
        .contains("family = AF_INET", "type = SOCK_STREAM", "protocol = IPPROTO_IP");
    assertThat(notes.get("bind")).anyMatch(each -> each.startsWith("fd = 3<"));
    assertThat(notes.get("bind")).contains("addrlen = 16");
    assertThat(notes.get("listen")).contains("backlog = 5");
    assertThat(notes.get("dup2")).contains("newfd = 20");
    if (variant.hasDebugInfo() || !variant.isStatic()) {
      assertThat(notes.get("umask")).contains("mask = 022", "number = 95");
      assertThat(notes.get("unlink")).contains("pathname = \"/nonexistent/file\"");
      assertThat(notes.get("getuid")).contains("number = 102");
    }
    assertThat(notes.get(variant.isMusl() ? "open" : "openat"))
        .contains("filename = \"/nonexistent/file\"", "flags = O_RDONLY|O_CLOEXEC");
  }
}
