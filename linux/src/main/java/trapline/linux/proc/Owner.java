package trapline.linux.proc;

import org.jspecify.annotations.Nullable;

/// The process that something belongs to which outlives it when it is killed, so that this can be
/// told from what a living one needs: a process number alone is given out again.
///
/// @param process its number
/// @param start when it was started, in clock ticks since boot (`/proc/PID/stat`, field 22)
/// @param namespace the PID namespace that the number is of (`/proc/PID/ns/pid`)
public record Owner(long process, long start, long namespace) {
  private static final int PARTS = 3;

  /// This process.
  public static Owner self() {
    return new Owner(ProcessHandle.current().pid(), startOf("self"), namespaceOf("self"));
  }

  /// As it stands in a name.
  public String text(char separator) {
    return "" + process + separator + start + separator + namespace;
  }

  /// Reads what [#text] gave.
  ///
  /// @return `null` when it is not that
  public static @Nullable Owner parse(String text, char separator) {
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
  public boolean isGone() {
    return namespace == namespaceOf("self") && startOf(Long.toString(process)) != start;
  }

  /// 0 when there is no such process.
  private static long startOf(String process) {
    String stat = ProcFile.text("/proc/" + process + "/stat");
    // The name in parentheses may hold anything; the start is the twentieth word behind it.
    String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 21);
    try {
      return words.length < 21 ? 0 : Long.parseUnsignedLong(words[19]);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static long namespaceOf(String process) {
    String link = ProcFile.link("/proc/" + process + "/ns/pid");
    return link == null ? 0 : ProcFile.number(link.substring(link.indexOf('[') + 1), 10, 0);
  }
}
