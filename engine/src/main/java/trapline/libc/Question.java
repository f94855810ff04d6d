package trapline.libc;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import trapline.linux.files.TemporaryDirectory;

/// Asks a tool something that it answers at once.
final class Question {
  private static final int LONGEST = 1 << 20;

  /// @param out what it printed, at most a megabyte
  /// @param err what it complained about, the same
  record Answer(int status, String out, String err) {}

  private Question() {}

  /// Runs a tool to its end, half a minute at most, with no input and in the C locale.
  ///
  /// @param environment is set for it; of the variables that steer dynamic linkers it gets no
  ///     others
  static Answer ask(List<String> command, Map<String, String> environment) throws IOException {
    try (TemporaryDirectory temporary = TemporaryDirectory.make()) {
      Path said = temporary.directory().empty("out");
      Path errors = temporary.directory().empty("err");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(said.toFile())
              .redirectError(errors.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("LD_"));
      builder.environment().put("LC_ALL", "C");
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
          throw new IOException(command.getFirst() + " does not finish");
        }
        return new Answer(process.exitValue(), text(said), text(errors));
      } finally {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(command.getFirst() + " was interrupted");
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
    }
  }
}
