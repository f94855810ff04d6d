package trapline.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// A file system that does not answer, at each of the steps of reading a file.
@Tag("host")
class HangingFilesTest {
  @TempDir private Path folder;

  @Test
  void aFileSystemThatDoesNotAnswerIsLeftAlone() throws Exception {
    Tools.require("gcc", "umount");
    Tools.requireHost(
        Tools.isRoot() && Files.isWritable(Path.of("/dev/fuse")), "root and /dev/fuse, to mount");
    Path source = folder.resolve("hang.c");
    try (var in = HangingFilesTest.class.getResourceAsStream("hang.c")) {
      Files.write(source, Objects.requireNonNull(in).readAllBytes());
    }
    Path program = folder.resolve("hang");
    Command.run("gcc", "-o", program.toString(), source.toString()).orFail();
    for (String step : new String[] {"lookup", "open", "read"}) {
      Path mount = Files.createDirectory(folder.resolve(step));
      Process server =
          new ProcessBuilder(program.toString(), mount.toString(), step)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader said = server.inputReader()) {
        String first = said.readLine();
        Tools.requireHost("ready".equals(first), "leave to mount a FUSE file system");
        leftAlone(mount.resolve("file"), step);
        assertThat(said.readLine()).isEqualTo("hangs");
      } finally {
        server.destroyForcibly().waitFor(); // which ends what waits for it, too
        Command.run("umount", "-l", mount.toString());
      }
    }
  }

  private static void leftAlone(Path file, String step) throws IOException {
    AtomicInteger reached = new AtomicInteger();
    Patience patience = new Patience(100);
    assertThatThrownBy(
            () ->
                patience.await(
                    file,
                    path -> {
                      reached.incrementAndGet();
                      try (UntrustedFile open = UntrustedFile.open(path)) {
                        return open.read(100);
                      }
                    }))
        .as(step)
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("does not answer within");
    assertThat(reached).as("no thread of this process asked").hasValue(0);
  }
}
