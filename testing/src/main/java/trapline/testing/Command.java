package trapline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a command to its end and keeps what it printed.
///
/// @param status exit status; 128 + signal when a signal ended it
public record Command(int status, String out, String err) {
  private static final int SECONDS = 600;

  /// Runs a command with no input, and ends it after ten minutes.
  public static Command run(String... command) {
    return runIn(null, List.of(command));
  }

  /// Runs a command in a directory, and ends it after ten minutes.
  public static Command runIn(
      @org.jspecify.annotations.Nullable Path folder, List<String> command) {
    return runIn(folder, command, SECONDS);
  }

  /// The same with another limit.
  ///
  /// @param seconds after which it is ended, and the test has failed
  public static Command runIn(
      @org.jspecify.annotations.Nullable Path folder, List<String> command, int seconds) {
    try {
      Path out = Files.createTempFile("trapline-out", null);
      Path err = Files.createTempFile("trapline-err", null);
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        if (folder != null) {
          builder.directory(folder.toFile());
        }
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError("no end after " + seconds + " s: " + command);
        }
        return new Command(process.exitValue(), read(out), read(err));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// What it printed, or a failed test when it did not end with status 0.
  public String orFail() {
    if (status != 0) {
      throw new AssertionError("exit status " + status + "\n" + out + err);
    }
    return out;
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
