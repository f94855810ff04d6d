package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the documents for contributors name is there.
@Tag("unit")
class ContributingTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern PATH = Pattern.compile("`([a-z]+/[\\w./-]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  @Test
  void everyPathInTheTablesExists() throws IOException {
    assertThat(missing("CONTRIBUTING.md", PATH)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "README.md"})
  void everyLinkLeadsToAFile(String document) throws IOException {
    assertThat(missing(document, LINK)).isEmpty();
  }

  private static List<String> missing(String document, Pattern names) throws IOException {
    List<String> missing = new ArrayList<>();
    Matcher found = names.matcher(Files.readString(ROOT.resolve(document)));
    int count = 0;
    while (found.find()) {
      count++;
      if (!Files.exists(ROOT.resolve(found.group(1)))) {
        missing.add(found.group(1));
      }
    }
    assertThat(count).as("names in %s", document).isPositive();
    return missing;
  }
}
