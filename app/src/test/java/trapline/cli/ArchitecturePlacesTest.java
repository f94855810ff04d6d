package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The document for who adds an architecture lists every place that knows x86.
@Tag("unit")
class ArchitecturePlacesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LISTED = Pattern.compile("`([a-z]+/src/main/[\\w./-]+)`");
  private static final Pattern COMMENT = Pattern.compile("//.*");

  /// Registers, the names of architecture and ABIs, and the decoder.
  private static final Pattern X86 =
      Pattern.compile(
          "\\b(r(ax|bx|cx|dx|si|di|bp|sp|ip|[89]|1[0-5])|e(ax|bx|cx|dx|si|di|bp|sp|flags)"
              + "|orig_rax|[fg]s_base|x32|i386|amd64)\\b|(?<!0)x86(?![0-9a-f])"
              + "|import trapline\\.code\\.|\\bPtrace\\.CS\\b",
          Pattern.CASE_INSENSITIVE);

  /// These know machine code, numbers or layouts, which no name tells.
  private static final Set<String> BY_BYTES =
      Set.of(
          "Numbers.java",
          "Ptrace.java",
          "Stub.java",
          "PltDecoder.java",
          "PltTable.java",
          "PltStub.java",
          "Mappings.java");

  @Test
  void everyListedPlaceExists() throws IOException {
    Set<String> listed = listed();
    assertThat(listed).hasSizeGreaterThan(30);
    assertThat(listed).allSatisfy(place -> assertThat(ROOT.resolve(place)).exists());
  }

  @Test
  void everyPlaceThatKnowsX86IsListed() throws IOException {
    Set<String> listed = listed();
    Set<String> unlisted = new TreeSet<>();
    int found = 0;
    for (String module : List.of("core", "linux", "engine", "app")) {
      for (Path file : sources(ROOT.resolve(module + "/src/main/java"))) {
        if (knowsX86(file)) {
          found++;
          String place = ROOT.relativize(file).toString();
          if (listed.stream().noneMatch(each -> covers(each, place))) {
            unlisted.add(place);
          }
        }
      }
    }
    assertThat(found).isGreaterThan(50);
    assertThat(unlisted)
        .as("add to docs/HOWTO-add-an-architecture.md, or use Abi.NATIVE")
        .isEmpty();
  }

  @Test
  void aFileAloneIsListedOnlyForWhatItKnows() throws IOException {
    for (String place : listed()) {
      if (place.endsWith(".java")
          && !BY_BYTES.contains(place.substring(place.lastIndexOf('/') + 1))) {
        assertThat(knowsX86(ROOT.resolve(place))).as(place).isTrue();
      }
    }
  }

  private static boolean covers(String listed, String place) {
    return listed.endsWith("/") ? place.startsWith(listed) : place.equals(listed);
  }

  private static boolean knowsX86(Path file) throws IOException {
    return X86.matcher(COMMENT.matcher(Files.readString(file)).replaceAll("")).find();
  }

  private static Set<String> listed() throws IOException {
    Set<String> listed = new TreeSet<>();
    Matcher found =
        LISTED.matcher(Files.readString(ROOT.resolve("docs/HOWTO-add-an-architecture.md")));
    while (found.find()) {
      listed.add(found.group(1));
    }
    return listed;
  }

  private static List<Path> sources(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(each -> each.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
