package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.CloudKernels;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Walks every place where Trapline, or a tool that it runs, makes a file: always in a directory
/// that nobody else can write to, or new (O_EXCL), so that no link or pipe of others is followed.
@Tag("host")
class MadeFilesTest {
  private static final int OTHERS_WRITE = 0022;
  private static final int O_EXCL = 0200;

  @TempDir private static Path folder;
  private static Path library = Path.of("");
  private Path said = Path.of("");
  private Path shared = Path.of("");

  @BeforeAll
  static void prepare() throws IOException {
    Tools.require("gcc");
    library = FaultTest.library(folder);
    TrainingTree.commands(folder);
    Files.writeString(
        folder.resolve("p.c"),
        "#include <unistd.h>\nint main(void) { return access(\"/none\", 0) ? 0 : 1; }\n");
  }

  @BeforeEach
  void share() throws IOException {
    shared = Files.createTempDirectory(folder, "shared");
    Command.run("chmod", "1777", shared.toString()).orFail();
    said = shared.resolveSibling("said");
    Files.deleteIfExists(said);
  }

  /// @param least how many files are made at least, so that the test sees something
  private void safe(int least, String cache, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "LD_PRELOAD=" + library,
                "MADE_SAID=" + said,
                "TMPDIR=" + shared,
                "XDG_RUNTIME_DIR=/none",
                "XDG_CACHE_HOME=" + cache));
    command.addAll(Cli.command(arguments));
    Command run = Command.runIn(folder, command);
    assertThat(run.err()).doesNotContain("cannot be preloaded");
    List<String> lines = Files.readAllLines(said);
    assertThat(lines.size()).as(run.err()).isGreaterThanOrEqualTo(least);
    for (String line : lines) {
      String[] words = line.split(" ", 4);
      int mode = Integer.parseInt(words[0], 8);
      int flags = Integer.parseInt(words[2], 8);
      boolean device = words[3].startsWith("/dev/") && !words[3].startsWith("/dev/shm/");
      assertThat((mode & OTHERS_WRITE) == 0 || (flags & O_EXCL) != 0 || device).as(line).isTrue();
    }
  }

  @Test
  void indexing() throws IOException {
    safe(1, shared.toString(), "index", "tree");
    safe(2, shared.toString(), "index", "tree", "-o", shared + "/out");
  }

  @Test
  void followingASource() throws IOException {
    safe(3, shared.toString(), "follow", "-o", shared + "/out", "p.c");
  }

  @Test
  void explaining() throws IOException {
    safe(3, shared.toString(), "why", "--observe", "off", "-o", shared + "/out", "p.c");
  }

  @Test
  void explainingInAGuest() throws IOException {
    String xdg = Objects.requireNonNullElse(System.getenv("XDG_CACHE_HOME"), "");
    String cache = xdg.isEmpty() ? System.getProperty("user.home") + "/.cache" : xdg;
    String image = CloudKernels.series("6.12").toString();
    safe(5, cache, "why", "--observe", "vm", "--guest-kernel", image, "p.c");
  }
}
