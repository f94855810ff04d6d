package trapline.decode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What strace prints of a program, one line a call.
final class Strace {
  private static final Pattern PADDING = Pattern.compile("\\)\\s+= ");
  private static final Pattern ADDRESS = Pattern.compile("0x[57][0-9a-f]{10,11}\\b");

  private Strace() {}

  /// @param directory for its log
  /// @param working where the program runs
  static List<String> lines(
      Path directory, Path working, List<String> options, List<String> program) throws Exception {
    Path log = directory.resolve("strace.log");
    List<String> command =
        new ArrayList<>(
            List.of("setarch", "-R", "strace", "-X", "abbrev", "-s", "32", "-o", log.toString()));
    command.addAll(options);
    command.addAll(program);
    Process process =
        new ProcessBuilder(command)
            .directory(working.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.waitFor();
    return Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
        .filter(it -> !it.startsWith("---") && !it.startsWith("+++"))
        .toList();
  }

  static String name(String line) {
    return line.substring(0, line.indexOf('('));
  }

  /// Without what differs from run to run.
  static String normal(String line) {
    String text = PADDING.matcher(line).replaceFirst(") = ");
    text = ADDRESS.matcher(text).replaceAll("ADDRESS");
    // The number of this process in the values of others.
    return text.replaceAll("(si_pid|pid)=\\d+", "$1=PID");
  }
}
