package trapline.libc.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.TemporaryDirectory;

/// Runs the machine's commands, with what they say in a file. They end with Trapline.
final class Commands {
  private static final int POLL_MILLIS = 150;
  private static final long GRACE_MILLIS = 5000;

  /// Would change what is built, or what is said.
  private static final List<String> NOT_PASSED_ON =
      List.of(
          "LD_LIBRARY_PATH",
          "LD_PRELOAD",
          "LIBRARY_PATH",
          "CPATH",
          "C_INCLUDE_PATH",
          "CPPFLAGS",
          "LDFLAGS",
          "MAKEFLAGS",
          "MFLAGS",
          "GNUMAKEFLAGS",
          "DESTDIR",
          "GREP_OPTIONS");

  private Commands() {}

  /// Is called from time to time while a command runs.
  interface Watcher {
    void look() throws IOException;
  }

  /// Runs a command to its end, appending what it says to a file.
  ///
  /// @return its exit status
  /// @throws LibcBuildFailure when the thread is interrupted; the command has ended then
  static int run(
      List<String> command,
      Path directory,
      Map<String, String> environment,
      Path log,
      Watcher watcher)
      throws IOException {
    List<String> words = new ArrayList<>();
    Path ender = find("setpriv");
    if (ender != null) { // when Trapline is killed the command ends, too
      words.addAll(List.of(ender.toString(), "--pdeathsig", "TERM", "--"));
    }
    words.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Map<String, String> its = builder.environment();
    NOT_PASSED_ON.forEach(its::remove);
    its.put("LC_ALL", "C");
    its.putAll(environment);
    Process process = builder.start();
    boolean ended = false;
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        watcher.look();
      }
      ended = true;
      watcher.look();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw LibcBuildFailure.interrupted();
    } finally {
      if (!ended) {
        end(process);
      }
    }
  }

  /// Asks a command and all that it has started to end, and makes them when they do not.
  private static void end(Process process) {
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    family.forEach(ProcessHandle::destroy);
    boolean interrupted = Thread.interrupted();
    long end = System.nanoTime() + GRACE_MILLIS * 1_000_000;
    try {
      while (family.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < end) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    family.forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Runs a small command to its end.
  ///
  /// @return what it said; `null` when it cannot be run or does not end with status 0
  static @Nullable String answer(
      Path directory, List<String> command, Map<String, String> environment) throws IOException {
    try (TemporaryDirectory temporary = TemporaryDirectory.make()) {
      Path said = temporary.directory().empty("said");
      int status = run(command, directory, environment, said, () -> {});
      return status == 0 ? Files.readString(said, StandardCharsets.ISO_8859_1) : null;
    }
  }

  /// The file that a command's name stands for; `null` when it is not installed.
  static @Nullable Path find(String name) {
    if (name.contains("/")) {
      Path file = Path.of(name);
      return Files.isExecutable(file) && !Files.isDirectory(file) ? file : null;
    }
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + ":/usr/sbin:/sbin";
    for (String directory : path.split(":")) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, name))) {
        return Path.of(directory, name);
      }
    }
    return null;
  }
}
