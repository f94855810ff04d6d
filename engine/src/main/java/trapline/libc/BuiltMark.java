package trapline.libc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import trapline.linux.files.WholeFile;

/// The file `.trapline` in a prefix: says that Trapline made the library there, from what and how.
/// Without it nothing is ever removed.
///
/// @param name as it is registered
/// @param kind `glibc` or `musl`
/// @param source the directory of the source
/// @param origin where the source came from, in words
/// @param cflags what the compiler was given
public record BuiltMark(
    String name, String kind, String version, Path source, String origin, String cflags) {
  private static final String FILE = ".trapline";
  private static final long LONGEST = 64 << 10;

  /// Reads the mark of a prefix; empty when there is none.
  public static Optional<BuiltMark> of(Path prefix) {
    Path file = prefix.resolve(FILE);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
        return Optional.empty();
      }
      Map<String, String> values = new HashMap<>();
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
      return Optional.of(
          new BuiltMark(
              values.getOrDefault("name", ""),
              values.getOrDefault("kind", ""),
              values.getOrDefault("version", ""),
              Path.of(values.getOrDefault("source", "")),
              values.getOrDefault("origin", ""),
              values.getOrDefault("cflags", "")));
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  /// Writes it into a prefix.
  public void write(Path prefix) throws IOException {
    WholeFile.writeNamed(prefix.resolve(FILE), text().getBytes(StandardCharsets.UTF_8));
  }

  /// The mark as its lines.
  public String text() {
    return "name=%s\nkind=%s\nversion=%s\nsource=%s\norigin=%s\ncflags=%s\n"
        .formatted(name, kind, version, source, origin, cflags);
  }
}
