package trapline.linux.tracefs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The process that something in tracefs belongs to, so that what a killed one has left can be told
/// from what a living one needs: a process number alone is given out again.
///
/// @param process its number
/// @param start when it was started, in clock ticks since boot (`/proc/PID/stat`, field 22)
/// @param namespace the PID namespace that the number is of (`/proc/PID/ns/pid`)
record Owner(long process, long start, long namespace) {
  private static final int PARTS = 3;

  /// This process.
  static Owner self() {
    return new Owner(ProcessHandle.current().pid(), startOf("self"), namespaceOf("self"));
  }

  /// As it stands in a name.
  String text(char separator) {
    return "" + process + separator + start + separator + namespace;
  }

  /// Reads what [#text] gave.
  ///
  /// @return `null` when it is not that
  static @Nullable Owner parse(String text, char separator) {
    String[] parts = text.split(java.util.regex.Pattern.quote(String.valueOf(separator)), -1);
    if (parts.length < PARTS) {
      return null;
    }
    try {
      return new Owner(
          Long.parseUnsignedLong(parts[0]),
          Long.parseUnsignedLong(parts[1]),
          Long.parseUnsignedLong(parts[2]));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /// Whether it has ended. Of a process in another namespace that is not known.
  boolean isGone() {
    return namespace == namespaceOf("self") && startOf(Long.toString(process)) != start;
  }

  /// 0 when there is no such process.
  private static long startOf(String process) {
    String stat = TraceFile.read(Path.of("/proc", process, "stat"));
    // The name in parentheses may hold anything; the start is the twentieth word behind it.
    String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 21);
    try {
      return words.length < 21 ? 0 : Long.parseUnsignedLong(words[19]);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static long namespaceOf(String process) {
    try {
      String link = Files.readSymbolicLink(Path.of("/proc", process, "ns/pid")).toString();
      return Long.parseUnsignedLong(
          link.substring(link.indexOf('[') + 1, Math.max(link.indexOf(']'), 1)));
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
