package trapline.follow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trapline.bytes.ByteText;
import trapline.journey.Image;
import trapline.journey.SourceText;
import trapline.linux.objects.SourceFile;
import trapline.linux.objects.SourceFileSearch;
import trapline.model.Place;

/// Reads lines of the source files that debug information names.
public final class SourceFiles implements SourceText {
  private static final long LARGEST = 32L << 20;
  private static final int KEPT = 16;

  private final SourceFileSearch search;
  private final Map<String, Read> files =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Read> eldest) {
          return size() > KEPT;
        }
      };

  public SourceFiles(SourceFileSearch search) {
    this.search = search;
  }

  /// A file's lines, or why they were not read.
  ///
  /// @param from as in [SourceText.Line]
  private record Read(List<String> lines, String missing, String from) {}

  @Override
  public Line line(Image image, Place place) {
    String key = image.elf().buildId() + ' ' + place.file();
    Read file = files.get(key);
    if (file == null) {
      file = read(image, place.file());
      files.put(key, file);
    }
    if (!file.missing().isEmpty()) {
      return Line.missing(file.missing());
    }
    List<String> lines = file.lines();
    return place.line() >= 1 && place.line() <= lines.size()
        ? new Line(lines.get(place.line() - 1), "", file.from())
        : Line.missing(place.file() + " has " + lines.size() + " lines: it is another version");
  }

  private Read read(Image image, String name) {
    return switch (search.find(image.elf(), name)) {
      case SourceFile.Found found -> read(name, found);
      case SourceFile.Missing missing -> missing(missing.why());
    };
  }

  private static Read read(String name, SourceFile.Found found) {
    Path path = found.path();
    String shown = found.how() == SourceFile.How.PLACE ? name : path.toString();
    try {
      if (Files.size(path) > LARGEST) {
        return missing(shown + " is larger than " + (LARGEST >> 20) + " MiB");
      }
      String text = ByteText.decode(Files.readAllBytes(path));
      return new Read(text.lines().toList(), "", from(found));
    } catch (IOException e) {
      return missing("the source file " + shown + " cannot be read");
    }
  }

  private static String from(SourceFile.Found found) {
    return switch (found.how()) {
      case PLACE -> "";
      case CURRENT_DIRECTORY -> "the text is that of this name in the current directory";
      case SOURCE_PACKAGE ->
          "the text is that of "
              + found.path()
              + ", whose name and version agree; a distribution's patches may differ";
      case DEBUGINFOD -> "the text is that which debuginfod has for this build: " + found.path();
    };
  }

  private static Read missing(String why) {
    return new Read(List.of(), why, "");
  }
}
