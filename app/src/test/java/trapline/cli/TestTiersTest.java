package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every class of tests says what it needs: nothing (`unit`), this machine's tools (`host`), a
/// guest kernel (`vm`), or a C library that is built (`libc`).
@Tag("unit")
class TestTiersTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TEST =
      Pattern.compile(
          "^ +@(Test|ParameterizedTest|TestFactory|FuzzTest|ArchTest)\\b", Pattern.MULTILINE);
  private static final Pattern TIER =
      Pattern.compile("^@Tag\\(\"(unit|host|vm|libc)\"\\)$", Pattern.MULTILINE);

  /// What a unit test has no use for.
  private static final Pattern HOST =
      Pattern.compile(
          "\\b(Programs\\.compile|new ProcessBuilder|Tracer\\.launch|Follow\\.json)\\b");

  @Test
  void everyClassOfTestsIsOfOneTier() throws IOException {
    List<String> wrong = new ArrayList<>();
    int units = 0;
    for (String module : List.of("core", "linux", "engine", "app")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          String text = Files.readString(file);
          if (TEST.matcher(text).find()) {
            List<String> tiers = TIER.matcher(text).results().map(each -> each.group(1)).toList();
            boolean isUnit = tiers.contains("unit");
            units += isUnit ? 1 : 0;
            Matcher host = HOST.matcher(text);
            if (tiers.size() != 1
                || (isUnit && host.find() && !file.endsWith("TestTiersTest.java"))) {
              wrong.add(file + " " + tiers);
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(units).isGreaterThan(50);
  }
}
