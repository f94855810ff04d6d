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

  /// A mount.
  ///
  /// @param isReadOnly by its own option or that of its file system
  private record Mount(Path point, boolean isReadOnly) {}

  private final List<Mount> mounts;

  private Mounts(List<Mount> mounts) {
    this.mounts = mounts;
  }

  /// Those of this process; none when they cannot be read.
  public static Mounts ofThisProcess() {
    try {
      return parse(
          Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
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
          boolean isReadOnly = isReadOnly(fields[OPTIONS]) || isReadOnly(fields[fields.length - 1]);
          mounts.add(new Mount(Path.of(unescaped(fields[POINT])), isReadOnly));
        } catch (InvalidPathException e) {
          // What this Java cannot name, it will not be asked for.
        }
      }
    }
    return new Mounts(mounts);
  }

  private static boolean isReadOnly(String options) {
    return List.of(options.split(",")).contains("ro");
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
    Mount found = null;
    for (Mount each : mounts) { // a later one covers those before it
      if (path.startsWith(each.point())
          && (found == null || each.point().getNameCount() >= found.point().getNameCount())) {
        found = each;
      }
    }
    return found != null && found.isReadOnly() ? found.point() : null;
  }
}
