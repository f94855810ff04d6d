package trapline.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Failures of files in plain words.
@Tag("host")
class FileErrorsTest {
  @Test
  void theFileAndWhy() {
    assertThat(FileErrors.line(new NoSuchFileException("/x")))
        .isEqualTo("/x: no such file or directory");
    assertThat(FileErrors.line(new AccessDeniedException("/x"))).isEqualTo("/x: permission denied");
    assertThat(FileErrors.line(new FileSystemException("/x", null, "No space left on device")))
        .isEqualTo("/x: No space left on device");
    assertThat(FileErrors.line(new IOException("Read-only file system")))
        .isEqualTo("Read-only file system");
  }

  @Test
  void noClassIsNamed() throws IOException {
    List<IOException> all =
        List.of(
            new EOFException(),
            new IOException(),
            new InterruptedIOException(),
            new ClosedChannelException(),
            new ClosedByInterruptException(),
            new UnknownHostException(),
            new FileSystemException("/x"),
            new DirectoryNotEmptyException("/x"),
            catchThrowableOfType(
                IOException.class, () -> Files.readString(Path.of("/none/at/all"))),
            catchThrowableOfType(
                IOException.class, () -> new ProcessBuilder("/none/at/all").start()));
    for (IOException each : all) {
      assertThat(FileErrors.line(each))
          .isNotBlank()
          .doesNotContain("Exception", "java.", "null", "error=", "\n");
    }
  }
}
