package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

/// What `tools/fuzz` runs is what there is to run.
@Tag("unit")
class FuzzTargetsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TARGET =
      Pattern.compile("@FuzzTest\\s+(?:public )?void (\\w+)\\(byte\\[\\] ");

  @Test
  void everyFuzzTestIsATargetWithSeedsAndFigures() throws IOException {
    Set<String> listed = new TreeSet<>();
    Set<String> described = new TreeSet<>();
    String figures = Files.readString(ROOT.resolve("docs/FUZZING.md"));
    for (String line : Files.readAllLines(ROOT.resolve("tools/fuzz-targets.txt"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] columns = line.split("\\s+");
        listed.add(columns[1]);
        if (figures.contains("| `" + columns[0] + "` |")) {
          described.add(columns[1]);
        }
      }
    }
    Set<String> found = new TreeSet<>();
    Set<String> seeded = new TreeSet<>();
    for (String module : List.of("core", "linux", "engine", "app")) {
      Path tests = ROOT.resolve(module).resolve("src/test/java");
      Path seeds = ROOT.resolve(module).resolve("src/test/resources");
      try (Stream<Path> files = Files.walk(tests)) {
        for (Path file : files.filter(each -> each.toString().endsWith("FuzzTest.java")).toList()) {
          String path = tests.relativize(file).toString().replace(".java", "");
          Matcher target = TARGET.matcher(Files.readString(file));
          while (target.find()) {
            String name = path.replace('/', '.') + "#" + target.group(1);
            found.add(name);
            if (Files.isDirectory(seeds.resolve(path + "Inputs").resolve(target.group(1)))) {
              seeded.add(name);
            }
          }
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(20);
    assertThat(listed).isEqualTo(found);
    assertThat(described).isEqualTo(found);
    assertThat(seeded).isEqualTo(found);
  }
}
