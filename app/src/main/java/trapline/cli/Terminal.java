package trapline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.linux.proc.FileNames;
import trapline.linux.proc.TerminalSize;
import trapline.report.Style;

/// What the standard streams are, and how output for them should look.
final class Terminal {
  private static final int WIDTH = 100;

  private Terminal() {}

  /// Whether a standard stream is a terminal.
  ///
  /// @param descriptor 0 to 2
  static boolean isTerminal(int descriptor) {
    String target = target(descriptor);
    return target.startsWith("/dev/pts/")
        || target.startsWith("/dev/tty")
        || target.equals("/dev/console");
  }

  /// Whether a standard stream leads to another program.
  static boolean isPipe(int descriptor) {
    String target = target(descriptor);
    return target.startsWith("pipe:") || target.startsWith("socket:");
  }

  /// Whether two standard streams lead to the same place.
  static boolean same(int one, int other) {
    String target = target(one);
    return !target.isEmpty() && target.equals(target(other));
  }

  private static String target(int descriptor) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /// Colour on a terminal only, and not when NO_COLOR (no-color.org) is set or the terminal is
  /// dumb.
  ///
  /// @param ascii whether the road is drawn with plain characters
  /// @param terminal whether the output goes to a terminal
  static Style style(boolean ascii, boolean terminal) {
    String noColor = System.getenv("NO_COLOR");
    boolean colour =
        terminal && (noColor == null || noColor.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    return Style.PLAIN
        .withWidth(terminal ? width(1) : width(-1))
        .withColour(colour)
        .withDirectory(directory())
        .withUnicode(!ascii);
  }

  /// The working directory, as [trapline.bytes.ByteText] has it.
  private static String directory() {
    try {
      return FileNames.text(Files.readSymbolicLink(Path.of("/proc/self/cwd")));
    } catch (IOException e) {
      return Path.of("").toAbsolutePath().toString();
    }
  }

  /// The columns to fill: as COLUMNS says, else those of the terminal, else 100.
  ///
  /// @param descriptor a standard stream that is a terminal, or -1
  static int width(int descriptor) {
    String columns = System.getenv("COLUMNS");
    if (columns != null && !columns.isEmpty() && columns.length() < 5) {
      try {
        return Integer.parseInt(columns);
      } catch (NumberFormatException e) {
        return WIDTH;
      }
    }
    if (descriptor < 0) {
      return WIDTH;
    }
    int told = Integer.getInteger("trapline.columns", 0); // by the launcher
    int found = told > 0 ? told : TerminalSize.columns(descriptor);
    return found > 0 ? found : WIDTH;
  }
}
