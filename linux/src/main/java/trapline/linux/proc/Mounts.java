package trapline.linux.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is mounted where, for this process: `/proc/self/mountinfo` (proc(5)).
public final class Mounts {
  private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");
  private static final int POINT = 4;
  private static final int OPTIONS = 5;
  private static final int LAST_FIELDS = 3;

  /// A mount.
  ///
  /// @param type of its file system, such as `ext4`
  /// @param options its own and those of its file system
  public record Mount(Path point, String type, List<String> options) {
    public Mount {
      options = List.copyOf(options);
    }

    boolean isReadOnly() {
      return options.contains("ro");
    }

    /// `/proc (proc, mounted ro,nosuid)`, with those of the options that restrict.
    public String text() {
      StringBuilder text = new StringBuilder(point.toString()).append(" (").append(type);
      List<String> shown = new ArrayList<>();
      for (String each : options) {
        if (RESTRICTING.contains(each) && !shown.contains(each)) {
          shown.add(each);
        }
      }
      return text.append(shown.isEmpty() ? ")" : ", mounted " + String.join(",", shown) + ")")
          .toString();
    }
  }

  private static final List<String> RESTRICTING = List.of("ro", "noexec", "nosuid", "nodev");

  private final List<Mount> mounts;

  private Mounts(List<Mount> mounts) {
    this.mounts = mounts;
  }

  /// Those of this process; none when they cannot be read.
  public static Mounts ofThisProcess() {
    return of("self");
  }

  /// Those of the mount namespace of a thread; none when they cannot be read.
  public static Mounts of(int thread) {
    return of(Integer.toString(thread));
  }

  private static Mounts of(String process) {
    try {
      return parse(
          Files.readAllLines(Path.of("/proc", process, "mountinfo"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return new Mounts(List.of());
    }
  }

  static Mounts parse(List<String> lines) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(" ");
      if (fields.length > OPTIONS) {
        try {
          List<String> options = new ArrayList<>(List.of(fields[OPTIONS].split(",")));
          options.addAll(List.of(fields[fields.length - 1].split(",")));
          mounts.add(
              new Mount(
                  Path.of(unescaped(fields[POINT])), fields[fields.length - LAST_FIELDS], options));
        } catch (InvalidPathException e) {
          // What this Java cannot name, it will not be asked for.
        }
      }
    }
    return new Mounts(mounts);
  }

  private static String unescaped(String field) {
    Matcher escaped = ESCAPED.matcher(field);
    String bytes =
        escaped.replaceAll(
            match ->
                Matcher.quoteReplacement(
                    Character.toString((char) Integer.parseInt(match.group(1), 8))));
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /// Where the mount begins that a file lies on, when nothing can be written to it; else `null`.
  ///
  /// @param path absolute, without symbolic links
  public @Nullable Path readOnlyAt(Path path) {
    Mount found = at(path);
    return found != null && found.isReadOnly() ? found.point() : null;
  }

  /// The mount that a file lies on; `null` when none is known.
  ///
  /// @param path absolute, without symbolic links
  public @Nullable Mount at(Path path) {
    Mount found = null;
    for (Mount each : mounts) { // a later one covers those before it
      if (path.startsWith(each.point())
          && (found == null || each.point().getNameCount() >= found.point().getNameCount())) {
        found = each;
      }
    }
    return found;
  }
}
