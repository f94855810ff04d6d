package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// What `why` finds on this machine that made calls fail: `why/causes.txt`, beside the program that
/// arranges each cause itself.
@Tag("host")
class LocalCausesTest {
  /// @param who `any`, or who can arrange the case: `root`, or `mounts` for a root that may mount
  private record Case(String name, String errno, String who, String causes) {}

  @TempDir static Path temporary;

  @TestFactory
  Stream<DynamicTest> causes() throws IOException {
    Tools.require("gcc");
    Path folder = temporary.toRealPath().resolve("run");
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    for (Path each = folder; each != null && each.startsWith(temporary); each = each.getParent()) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Path program = Programs.compile(temporary, "causes", resource("causes.c"), "-g", "-O0", "-w");
    Why why = Why.run(folder, List.of("--observe", "off", "--all", program.toString()));
    assertThat(why.status()).as(why.err()).isEqualTo(ExitStatus.DONE);
    Map<String, JsonNode> answers = why.byComment();
    boolean isRoot = Files.getOwner(folder).getName().equals("root");
    boolean mounts = !why.err().contains("nothing can be mounted");
    Path first = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    boolean hasLowPorts = Integer.parseInt(Files.readString(first).strip()) > 1;
    return cases().stream()
        .filter(each -> isRoot || each.who().equals("any"))
        .filter(each -> mounts || !each.who().equals("mounts"))
        .filter(each -> hasLowPorts || !each.name().equals("low-port"))
        .filter(each -> !each.name().equals("immutable") || answers.containsKey(each.name()))
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each, answers, folder)));
  }

  private static void check(Case expected, Map<String, JsonNode> answers, Path folder) {
    JsonNode answer = Objects.requireNonNull(answers.get(expected.name()), expected.name());
    JsonNode error = answer.get("error");
    assertThat(error.get("errno").get("name").asText()).isEqualTo(expected.errno());
    List<String> causes = new ArrayList<>();
    error.path("causes").forEach(each -> causes.add(each.get("text").asText()));
    // In a container every process has a filter, which may not be readable.
    causes.removeIf(each -> each.startsWith("a seccomp filter of the process may"));
    assertThat(String.join("\n", causes))
        .matches(expected.causes().replace("FOLDER", Pattern.quote(folder.toString())));
  }

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : resource("causes.txt").split("\n")) {
      if (!line.startsWith("#")) {
        String[] parts = line.split("\\|", 4);
        cases.add(new Case(parts[0], parts[1], parts[2], parts[3]));
      }
    }
    return cases;
  }

  private static String resource(String name) throws IOException {
    try (var in =
        Objects.requireNonNull(LocalCausesTest.class.getResourceAsStream("why/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
