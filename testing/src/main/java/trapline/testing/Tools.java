package trapline.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/// The tools that tests compare with. A missing one is installed when the tests run as root on a
/// Debian system; otherwise the test is skipped with a reason that the run counts and prints.
public final class Tools {
  private static final Map<String, Boolean> PRESENT = new ConcurrentHashMap<>();

  private Tools() {}

  /// Makes sure that all of these commands (found in `PATH`) or files (absolute paths) are there.
  public static void require(String... tools) {
    for (String tool : tools) {
      boolean there = PRESENT.computeIfAbsent(tool, name -> isThere(name) || install(name));
      Assumptions.assumeTrue(
          there, () -> "missing tool: " + tool + " (Debian package " + packageOf(tool) + ")");
    }
  }

  /// Skips the test unless a tool is there that is too large to be installed for it.
  ///
  /// @param debianPackage what brings it
  public static void requireInstalled(String tool, String debianPackage) {
    Assumptions.assumeTrue(
        isThere(tool), () -> "missing tool: " + tool + " (Debian package " + debianPackage + ")");
  }

  /// Makes sure that a tool is there, and skips the test unless it is of a version, whose output
  /// the test knows.
  ///
  /// @param version how it begins: whole numbers, with dots between them
  public static void requireVersion(String tool, String version) {
    require(tool);
    String first = Command.run(tool, "--version").out().lines().findFirst().orElse("");
    String found = first.substring(first.lastIndexOf(' ') + 1);
    Assumptions.assumeTrue(
        (found + ".").startsWith(version + "."),
        () -> "not the version compared with: " + tool + " is " + found + ", not " + version);
  }

  /// Skips the test unless the machine allows something.
  ///
  /// @param needs what is needed and how to get it, for the run's summary
  public static void requireHost(boolean allowed, String needs) {
    Assumptions.assumeTrue(allowed, () -> "missing on this host: " + needs);
  }

  public static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static boolean isThere(String tool) {
    if (tool.startsWith("/")) {
      return Files.exists(Path.of(tool));
    }
    for (String folder : Objects.requireNonNullElse(System.getenv("PATH"), "").split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, tool))) {
        return true;
      }
    }
    return false;
  }

  private static synchronized boolean install(String tool) {
    String debianPackage = packageOf(tool);
    if (!isRoot() || debianPackage.isEmpty() || !isThere("apt-get")) {
      return false;
    }
    if (!apt("install", "-y", "--no-install-recommends", debianPackage)) {
      apt("update");
      apt("install", "-y", "--no-install-recommends", debianPackage);
    }
    return isThere(tool);
  }

  private static boolean apt(String... arguments) {
    String[] command = new String[arguments.length + 2];
    command[0] = "apt-get";
    command[1] = "-qq";
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    try {
      return builder.start().waitFor() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String packageOf(String tool) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Tools.class.getResourceAsStream("packages.txt")),
                StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> line.startsWith(tool + " "))
          .map(line -> line.substring(tool.length() + 1))
          .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
