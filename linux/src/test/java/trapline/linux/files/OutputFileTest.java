package trapline.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.sys.Kernel;
import trapline.testing.Command;

/// Files that the user named for output, where others can write, too.
@Tag("unit")
class OutputFileTest {
  @TempDir private Path folder;
  private Path shared = Path.of("");
  private Path victim = Path.of("");

  @BeforeEach
  void share() throws IOException {
    shared = Files.createDirectory(folder.resolve("shared"));
    Command.run("chmod", "1777", shared.toString()).orFail();
    victim = Files.writeString(folder.resolve("victim"), "whole");
  }

  private static void write(Path file) throws IOException {
    try (OutputStream out = OutputFile.open(file)) {
      out.write('x');
    }
  }

  private static void strangers(Path path) {
    assumeTrue(new Kernel().effectiveUser() == 0, "only root can give files to another user");
    Command.run("chown", "-h", "65000", path.toString()).orFail();
  }

  private static void refused(Path file) {
    assertThatThrownBy(() -> write(file))
        .isInstanceOf(UnsafePlace.class)
        .hasMessageContaining("another user (65000) has put there what is there");
    assertThatThrownBy(() -> WholeFile.writeNamed(file, new byte[1]))
        .isInstanceOf(UnsafePlace.class);
  }

  @Test
  void newAndOwnFilesAreWritten() throws IOException {
    Path file = shared.resolve("out");
    write(file);
    write(file);
    assertThat(file).hasContent("x");
    Files.writeString(file, "longer");
    write(file);
    assertThat(file).hasContent("x");
    Path link = Files.createSymbolicLink(shared.resolve("link"), victim);
    write(link);
    assertThat(victim).hasContent("x");
    WholeFile.writeNamed(link, "whole".getBytes());
    assertThat(victim).hasContent("whole");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void devicesThatTheUserNamesAreWritten() throws IOException {
    write(Path.of("/dev/null"));
  }

  @Test
  void anothersLinkIsNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(shared.resolve("out"), victim);
    strangers(link);
    refused(link);
    assertThat(victim).hasContent("whole");
  }

  @Test
  void anothersLinkBehindOnesOwnIsNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(shared.resolve("theirs"), victim);
    strangers(link);
    Path own = Files.createSymbolicLink(folder.resolve("own"), link);
    refused(own);
    assertThat(victim).hasContent("whole");
  }

  @Test
  void anothersFileAndPipeAreNotWrittenTo() throws IOException {
    Path file = Files.writeString(shared.resolve("file"), "theirs");
    strangers(file);
    refused(file);
    assertThat(file).hasContent("theirs");
    Path pipe = shared.resolve("pipe");
    Command.run("mkfifo", pipe.toString()).orFail();
    strangers(pipe);
    refused(pipe);
  }
}
