package trapline.linux.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.TemporaryDirectory;

/// Runs small tools of the machine.
final class Tool {
  private static final int LIMIT = 16 << 20;

  /// What a tool said.
  record Answer(int status, String out, String err) {}

  private Tool() {}

  /// Runs a tool to its end, one minute at most.
  static Answer run(ProcessBuilder builder) throws IOException {
    try (TemporaryDirectory temporary = TemporaryDirectory.make()) {
      Path errors = temporary.directory().empty("err");
      builder.redirectInput(Path.of("/dev/null").toFile()).redirectError(errors.toFile());
      Process process = builder.start();
      try (InputStream in = process.getInputStream()) {
        String out = new String(in.readNBytes(LIMIT), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
          throw new IOException(builder.command().get(0) + " does not finish");
        }
        return new Answer(process.exitValue(), out, Files.readString(errors));
      } finally {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(builder.command().get(0) + " was interrupted");
    }
  }

  /// The file that a command's name stands for; `null` when it is not installed.
  static @Nullable Path find(String name) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + ":/usr/sbin:/sbin";
    for (String folder : path.split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
        return Path.of(folder, name);
      }
    }
    return null;
  }
}
