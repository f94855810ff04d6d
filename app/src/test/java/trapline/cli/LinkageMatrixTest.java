package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// The plt hop says what readelf and objdump say of the program, and when slots were bound.
@Tag("host")
class LinkageMatrixTest {
  private static final String TWICE =
      """
      #include <unistd.h>
      int main(void) {
        int one = getppid();
        int other = getppid();
        return one != other;
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Variant.class)
  void slotsAndStubsAreThoseOfReadelfAndObjdump(Variant variant) {
    Tools.require("readelf", "objdump");
    Path program = Matrix.program(variant);
    Map<String, List<String>> relocations = relocations(program);
    String stubs = stubs(program);
    int found = 0;
    for (JsonNode journey : Matrix.followed(variant).journeys()) {
      if (journey.get("hops").isEmpty()) {
        continue;
      }
      JsonNode hop = Follow.hop(journey, "plt");
      JsonNode site = Follow.hop(journey, "call-site");
      if (hop.has("missing") || !site.get("module").asText().equals(program.toString())) {
        continue;
      }
      found++;
      String version = hop.has("version") ? "@" + hop.get("version").asText() : "";
      assertThat(relocations.get(hop.get("slotLinkAddress").asText()))
          .as("%s %s", variant, hop)
          .containsExactly(hop.get("relocation").asText(), hop.get("symbol").asText() + version);
      if (!hop.get("stubAddress").isNull()) {
        String stub = hop.get("stub").asText();
        long bias = bias(hop);
        long address = Long.decode(hop.get("stubAddress").asText()) - bias;
        assertThat(stubs).contains(String.format("%016x <%s>:", address, stub));
      } else {
        assertThat(variant).isEqualTo(Variant.NO_PLT);
      }
    }
    if (variant.isStatic()) {
      assertThat(found).isZero();
    } else {
      assertThat(found).isGreaterThan(8);
    }
  }

  private static long bias(JsonNode hop) {
    return Long.decode(hop.get("slot").asText()) - Long.decode(hop.get("slotLinkAddress").asText());
  }

  /// `R_X86_64_JUMP_SLOT`, `socket@GLIBC_2.2.5` by the address of the slot.
  private static Map<String, List<String>> relocations(Path program) {
    Map<String, List<String>> found = new TreeMap<>();
    for (String line : Command.run("readelf", "-rW", program.toString()).orFail().split("\n")) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length >= 5 && fields[2].startsWith("R_X86_64_")) {
        found.put(
            "0x" + Long.toHexString(Long.parseLong(fields[0], 16)), List.of(fields[2], fields[4]));
      }
    }
    return found;
  }

  private static String stubs(Path program) {
    StringBuilder text = new StringBuilder();
    for (String section : List.of(".plt", ".plt.sec", ".plt.got")) {
      text.append(Command.run("objdump", "-d", "-j", section, program.toString()).out());
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(value = Variant.class, mode = EnumSource.Mode.MATCH_ANY, names = ".*STATIC.*")
  void staticProgramsHaveNoLinkageTable(Variant variant) {
    JsonNode hop = Follow.hop(Matrix.followed(variant).first("bind"), "plt");
    assertThat(hop.get("missing").asText()).startsWith("statically linked");
  }

  @Test
  void boundOnTheFirstCallAndBeforeTheSecond() {
    assertThat(bindings(Map.of(), "-Wl,-z,lazy"))
        .containsExactly("on-this-call", "by-earlier-call");
  }

  @Test
  void boundAtLoadWhenTheFileSaysSo() {
    assertThat(bindings(Map.of(), "-Wl,-z,now")).containsExactly("at-load", "at-load");
  }

  @Test
  void boundAtLoadWhenTheEnvironmentSaysSo() {
    assertThat(bindings(Map.of("LD_BIND_NOW", "1"), "-Wl,-z,lazy"))
        .containsExactly("at-load", "at-load");
    assertThat(bindings(Map.of("LD_BIND_NOW", ""), "-Wl,-z,lazy"))
        .containsExactly("on-this-call", "by-earlier-call");
  }

  @Test
  void boundAtLoadByMusl() {
    Tools.require("musl-gcc");
    Path program = Programs.compileWith("musl-gcc", folder, "twice", TWICE, "-Wl,-z,lazy");
    assertThat(bindings(program, Map.of())).containsExactly("at-load", "at-load");
  }

  private List<String> bindings(Map<String, String> environment, String... options) {
    return bindings(Programs.compile(folder, "twice", TWICE, options), environment);
  }

  private static List<String> bindings(Path program, Map<String, String> environment) {
    Follow run =
        Follow.run(true, List.of("--all"), List.of(program.toString()), environment).orFail();
    List<String> bindings = new ArrayList<>();
    for (JsonNode journey : run.all("getppid")) {
      bindings.add(Follow.hop(journey, "plt").get("binding").asText());
    }
    return bindings;
  }

  @Test
  void theStackGoesThroughAnIndirectFunction() throws Exception {
    Path source = folder.resolve("choice.c");
    Files.writeString(
        source,
        """
        #include <unistd.h>
        static int parent(void) { return getppid(); }
        static int (*choose(void))(void) { return parent; }
        int chosen(void) __attribute__((ifunc("choose")));
        """);
    Path library = folder.resolve("libchoice.so");
    Command.run("gcc", "-g", "-shared", "-fPIC", "-o", library.toString(), source.toString())
        .orFail();
    Path program =
        Programs.compile(
            folder,
            "caller",
            "int chosen(void); int main(void) { return chosen() == 0; }",
            "-g",
            library.toString(),
            "-Wl,-rpath," + folder);
    JsonNode journey =
        Follow.json(List.of("--call", "getppid"), List.of(program.toString()))
            .orFail()
            .first("getppid");
    JsonNode hop = Follow.hop(journey, "plt");
    assertThat(hop.get("symbol").asText()).isEqualTo("getppid");
    List<String> functions = new ArrayList<>();
    for (JsonNode level : Follow.hop(journey, "source-line").get("stack")) {
      functions.add(Stacks.function(level.get("function").asText()));
    }
    assertThat(functions).startsWith("getppid", "parent", "main");
  }
}
