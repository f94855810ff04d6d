package trapline.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;

/// Validates what is written against the schema that docs/FORMATS.md shows its readers.
@Tag("unit")
class JsonReportTest {
  private static Schema schema;

  @BeforeAll
  static void readSchema() throws IOException {
    String page = Files.readString(Path.of("../docs/FORMATS.md"));
    int section = page.indexOf("### JSON Schema");
    assertThat(section).isPositive();
    String fence = "```json\n";
    int start = page.indexOf(fence, section) + fence.length();
    int end = page.indexOf("\n```", start);
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(page.substring(start, end));
  }

  private static List<Error> validate(String json) {
    return schema.validate(json, InputFormat.JSON);
  }

  @TestFactory
  Stream<DynamicTest> everySampleIsValid() {
    return SampleJourneys.all().entrySet().stream()
        .map(
            sample ->
                DynamicTest.dynamicTest(
                    sample.getKey(), () -> assertValid(JsonReport.render(sample.getValue()))));
  }

  @TestFactory
  Stream<DynamicTest> everyExplanationIsValid() {
    return SampleExplanations.all().entrySet().stream()
        .map(
            sample ->
                DynamicTest.dynamicTest(
                    sample.getKey(), () -> assertValid(JsonReport.render(sample.getValue()))));
  }

  @Test
  void everyKindOfExplanationIsValid() {
    SampleExplanations.kinds().forEach(each -> assertValid(JsonReport.render(each)));
  }

  @Test
  void kernelFunctionsAreValid() {
    String json = JsonReport.render(SampleExplanations.socketWithKernel());
    assertValid(json);
    assertThat(json)
        .contains(
            "{\"kind\":\"kernel-function\",\"evidence\":\"observed\","
                + "\"evidenceFrom\":\"guest kernel 6.12.63 (emulated)\",\"release\":\"6.12.63\","
                + "\"where\":\"guest-emulated\",\"result\":-98,")
        .contains("\"unit\":\"instructions\",\"root\":{\"function\":\"__x64_sys_socket\",");
    assertThat(validate(json.replace("guest-emulated", "elsewhere"))).isNotEmpty();
    assertThat(validate(json.replace("\"cost\":6,", "\"cost\":\"6\","))).isNotEmpty();
  }

  @Test
  void anExplanationSaysWhoSaidTheError() {
    String json = JsonReport.render(SampleExplanations.function());
    assertThat(json)
        .contains("\"error\":{\"kind\":\"function\",\"errno\":{\"number\":98,")
        .contains(",\"times\":3,\"road\":[{\"function\":\"__x64_sys_bind\",")
        .contains("\"returned\":-98,\"offset\":1709,\"instruction\":\"mov $0xffffff9e,%ebx\"}]")
        .contains("\"helper\":\"inet_csk_bind_conflict\"");
    assertThat(validate(json.replace("\"times\":3", "\"times\":0"))).isNotEmpty();
    assertThat(validate(json.replace("\"kind\":\"function\"", "\"kind\":\"guess\""))).isNotEmpty();
  }

  @Test
  void randomJourneysAreValid() {
    Random random = new Random(20_260);
    for (int i = 0; i < 300; i++) {
      assertValid(JsonReport.render(RandomJourneys.next(random)));
    }
  }

  static void assertValid(String json) {
    assertThat(json).endsWith("}\n");
    assertThat(json.indexOf('\n')).isEqualTo(json.length() - 1);
    assertThat(json.chars().limit(json.length() - 1L)).allMatch(c -> c >= ' ' && c < 0x7f);
    assertThat(validate(json)).as(json).isEmpty();
  }

  @Test
  void samplesCoverEveryKindOfHopAndOutcome() {
    Set<HopKind> hops = new HashSet<>();
    Set<HopKind> missing = new HashSet<>();
    Set<String> outcomes = new HashSet<>();
    for (Journey journey : SampleJourneys.all().values()) {
      outcomes.add(journey.outcome().kind());
      for (Hop hop : journey.hops()) {
        (hop instanceof Hop.Missing ? missing : hops).add(hop.kind());
      }
    }
    assertThat(hops).hasSize(HopKind.values().length - 1).doesNotContain(HopKind.KERNEL_FUNCTION);
    assertThat(missing).contains(HopKind.PLT, HopKind.WRAPPER, HopKind.RETURN);
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            "returned", "failed", "restarted", "never-returned", "never-ran", "still-running");
  }

  /// Each breaks one field of the socket journey; none may pass.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"trapline\":2 | \"trapline\":1",
        "\"trapline\":2 | \"trapline\":\"2\"",
        "\"number\":41,\"name\" | \"name\"",
        "\"abi\":\"x86_64\" | \"abi\":\"arm64\"",
        "\"pid\":4711 | \"pid\":\"4711\"",
        "\"raw\":\"0x2\" | \"raw\":2",
        "\"raw\":\"0x2\" | \"raw\":\"0X2\"",
        "\"kind\":\"returned\" | \"kind\":\"failed\"",
        "\"value\":3 | \"value\":\"3\"",
        "\"errno\":null | \"errno\":0",
        "\"evidence\":\"debug-info\" | \"evidence\":\"guessed\"",
        "\"kind\":\"source-line\" | \"kind\":\"source\"",
        "\"kind\":\"call-site\" | \"kind\":\"plt\"",
        "\"line\":17 | \"line\":0",
        "\"line\":17 | \"line\":17,\"column\":3",
        "\"binding\":\"on-this-call\" | \"binding\":\"lazy\"",
        "\"here\":true | \"here\":false",
        "\"inlined\":false | \"inlined\":null",
        "\"rax\":\"0x29\" | \"rax\":41",
        "\"result\":\"0x3\",\"code\" | \"rax\":\"0x3\",\"code\"",
        "\"signature\": | \"sig\":",
        "\"kind\":\"collapsed\" | \"kind\":\"folded\"",
        "\"diagnostics\":[] | \"diagnostics\":null",
        "\"diagnostics\":[] | \"diagnostics\":[],\"extra\":1",
      })
  void aBrokenFieldFails(String good, String bad) {
    String json = JsonReport.render(SampleJourneys.socket());
    assertThat(json).contains(good);
    assertThat(validate(json)).isEmpty();
    int at = json.indexOf(good);
    String broken = json.substring(0, at) + bad + json.substring(at + good.length());
    assertThat(validate(broken)).as(broken).isNotEmpty();
  }

  /// The members that the format promises, as they stand in the project's issue.
  @Test
  void socketIsWrittenAsPromised() {
    String json = JsonReport.render(SampleJourneys.socket());
    assertThat(json)
        .startsWith(
            "{\"trapline\":2,\"syscall\":{\"number\":41,\"name\":\"socket\",\"abi\":\"x86_64\"},"
                + "\"thread\":{\"pid\":4711,\"tid\":4711,\"name\":\"server\"},")
        .contains(
            "\"arguments\":[{\"name\":\"family\",\"type\":\"int\",\"raw\":\"0x2\",\"text\":\"AF_INET\"},")
        .contains("\"outcome\":{\"kind\":\"returned\",\"value\":3,\"errno\":null,\"text\":\"3\"}")
        .contains(
            "\"hops\":[{\"kind\":\"source-line\",\"evidence\":\"debug-info\","
                + "\"evidenceFrom\":\"/home/ada/net/server\",\"file\":\"server.c\",\"line\":17,\"text\":\""
                + "  int sfd = socket(AF_INET, SOCK_STREAM, 0);\",\"function\":\"main\",");
    assertThat(JsonReport.render(SampleJourneys.bindFailed()))
        .contains(
            "\"outcome\":{\"kind\":\"failed\",\"value\":-98,\"errno\":{\"number\":98,"
                + "\"name\":\"EADDRINUSE\",\"text\":\"Address already in use\"},"
                + "\"text\":\"-1 EADDRINUSE (Address already in use)\"}");
    assertThat(JsonReport.render(SampleJourneys.staticBinary()))
        .contains(
            "{\"kind\":\"plt\",\"missing\":\"the program is linked statically and calls the"
                + " function directly\"}");
  }

  @Test
  void hopsStandInTheirOrder() {
    for (Map.Entry<String, Journey> sample : SampleJourneys.all().entrySet()) {
      String json = JsonReport.render(sample.getValue());
      int at = json.indexOf("\"hops\":[");
      for (Hop hop : sample.getValue().hops()) {
        at = json.indexOf("{\"kind\":\"" + hop.kind().label() + "\"", at);
        assertThat(at).as("%s %s", sample.getKey(), hop.kind()).isPositive();
        at++;
      }
    }
  }
}
