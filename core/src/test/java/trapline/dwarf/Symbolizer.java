package trapline.dwarf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Asks another program for the functions and lines of addresses.
final class Symbolizer {
  private static final Pattern DISCRIMINATOR = Pattern.compile(" \\(discriminator \\d+\\)");

  /// One level of one address: a function's name and a line as `file:line`.
  record Level(String function, String line) {}

  private Symbolizer() {}

  /// What addr2line of GNU binutils says. It takes some names from the symbol table.
  static List<List<Level>> addr2line(Path file, List<Long> addresses) {
    return ask(addresses, "addr2line", "-e", file.toString(), "-f", "-i", "-a");
  }

  /// What LLVM says, with names as the debug information has them.
  static List<List<Level>> llvm(Path file, List<Long> addresses) {
    return ask(
        addresses,
        "llvm-symbolizer",
        "--output-style=GNU",
        "--functions=short",
        "--no-demangle",
        "--inlining",
        "-a",
        "-e",
        file.toString());
  }

  private static List<List<Level>> ask(List<Long> addresses, String... command) {
    List<List<Level>> answers = new ArrayList<>();
    try {
      Path input = Files.createTempFile("addresses", null);
      try {
        StringBuilder text = new StringBuilder();
        for (long address : addresses) {
          text.append("0x").append(Long.toHexString(address)).append('\n');
        }
        Files.writeString(input, text);
        Process process =
            new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = process.inputReader()) {
          String function = null;
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("0x") && line.indexOf(' ') < 0) {
              answers.add(new ArrayList<>());
              function = null;
            } else if (line.isEmpty()) {
              continue;
            } else if (function == null) {
              function = line;
            } else {
              answers.getLast().add(new Level(function, place(line)));
              function = null;
            }
          }
        }
      } finally {
        Files.delete(input);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (answers.size() != addresses.size()) {
      throw new AssertionError(
          String.join(" ", command) + " answered " + answers.size() + " of " + addresses.size());
    }
    return answers;
  }

  /// The tools differ in how they write that a line or a file is not known.
  private static String place(String text) {
    String place = DISCRIMINATOR.matcher(text).replaceAll("");
    if (place.startsWith("??:")) {
      return "??:0";
    }
    return place.endsWith(":?") ? place.substring(0, place.length() - 1) + "0" : place;
  }

  /// Our answer in the same form.
  ///
  /// @param linkage whether to give names as the linker sees them
  static List<Level> ours(DebugInfo info, long address, boolean linkage) {
    List<Level> levels = new ArrayList<>();
    for (SourceFrame frame : info.framesAt(new trapline.model.LinkAddress(address))) {
      String name = linkage ? frame.function().symbol() : frame.function().name();
      trapline.model.Place place = frame.place();
      levels.add(
          new Level(
              name.isEmpty() ? "??" : name,
              place == null ? "??:0" : place.file() + ":" + place.line()));
    }
    if (levels.isEmpty()) {
      levels.add(new Level("??", "??:0"));
    }
    return levels;
  }
}
