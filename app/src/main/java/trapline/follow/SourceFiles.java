package trapline.follow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trapline.journey.SourceText;
import trapline.model.Place;

/// Reads lines of source files where the debug information says that they are.
public final class SourceFiles implements SourceText {
  private static final long LARGEST = 32L << 20;
  private static final int KEPT = 16;

  private final Map<String, Read> files =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Read> eldest) {
          return size() > KEPT;
        }
      };

  /// A file's lines, or why they were not read.
  private record Read(List<String> lines, String missing) {}

  @Override
  public Line line(Place place) {
    Read file = files.get(place.file());
    if (file == null) {
      file = read(place.file());
      files.put(place.file(), file);
    }
    if (!file.missing().isEmpty()) {
      return new Line("", file.missing());
    }
    List<String> lines = file.lines();
    return place.line() >= 1 && place.line() <= lines.size()
        ? new Line(lines.get(place.line() - 1), "")
        : new Line("", place.file() + " has " + lines.size() + " lines: it is another version");
  }

  private static Read read(String name) {
    try {
      Path path = Path.of(name);
      if (!Files.isRegularFile(path)) {
        return missing("the source file is not at " + name);
      }
      if (Files.size(path) > LARGEST) {
        return missing(name + " is larger than " + (LARGEST >> 20) + " MiB");
      }
      String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
      return new Read(text.lines().toList(), "");
    } catch (IOException | InvalidPathException e) {
      return missing("the source file " + name + " cannot be read");
    }
  }

  private static Read missing(String why) {
    return new Read(List.of(), why);
  }
}
