package trapline.libc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which libraries a dynamic linker would load for a program, as it says itself (`--list`): so its
/// search need not be done again here.
///
/// @param files where each library lies, by the name that it was needed by; one whose name is its
///     path is there by its file's name
/// @param absent the needed libraries that it does not find
/// @param complaint what it said when it could not list them; empty when it could
record LoadedLibraries(Map<String, Path> files, List<String> absent, String complaint) {
  private static final Pattern NOT_FOUND =
      Pattern.compile(
          "(?:^Error loading shared library |: error while loading shared libraries: )([^:]+): "
              + "(?:cannot open shared object file: )?No such file");

  LoadedLibraries {
    absent = List.copyOf(absent);
  }

  /// Asks a dynamic linker.
  ///
  /// @param options stand before `--list`
  /// @param environment what it is to know of the caller's
  static LoadedLibraries of(
      Path loader, List<String> options, Path program, Map<String, String> environment) {
    List<String> command = new ArrayList<>(List.of(loader.toString()));
    command.addAll(options);
    command.addAll(List.of("--list", program.toAbsolutePath().toString()));
    try {
      return parse(Question.ask(command, environment));
    } catch (IOException e) {
      return new LoadedLibraries(Map.of(), List.of(), String.valueOf(e.getMessage()));
    }
  }

  /// glibc's prints `name => path (0x…)`, `name => not found` and `path (0x…)`, musl's the same.
  /// Of what they do not find both may complain on their standard error instead, glibc's only of
  /// the
  /// first.
  private static LoadedLibraries parse(Question.Answer answer) {
    Map<String, Path> files = new LinkedHashMap<>();
    List<String> absent = new ArrayList<>();
    for (String line : answer.out().lines().toList()) {
      String text = line.strip();
      int arrow = text.indexOf(" => ");
      String name = arrow < 0 ? "" : text.substring(0, arrow);
      String file = arrow < 0 ? text : text.substring(arrow + 4);
      int end = file.lastIndexOf(" (0x");
      if (file.startsWith("not found") && !name.isEmpty()) {
        absent.add(name);
      } else if (file.startsWith("/") && end > 0) {
        Path path = Path.of(file.substring(0, end));
        files.putIfAbsent(nameOf(name.isEmpty() ? path.toString() : name), path);
      }
    }
    for (String line : answer.err().lines().toList()) {
      Matcher notFound = NOT_FOUND.matcher(line);
      if (notFound.find()) {
        absent.add(notFound.group(1));
      }
    }
    String complaint =
        files.isEmpty() && absent.isEmpty() && answer.status() != 0
            ? answer.err().lines().findFirst().orElse("exit status " + answer.status()).strip()
            : "";
    return new LoadedLibraries(files, absent, complaint);
  }

  private static String nameOf(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /// The folder of a library that was found.
  ///
  /// @return `null` when it was not
  @Nullable Path folderOf(String name) {
    Path file = files.get(name);
    return file == null || !Files.exists(file) ? null : file.getParent();
  }
}
