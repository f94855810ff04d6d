package trapline.follow;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.bytes.ByteText;
import trapline.journey.Image;
import trapline.journey.SourceText;
import trapline.linux.files.FileErrors;
import trapline.linux.files.Patience;
import trapline.linux.files.UntrustedFile;
import trapline.linux.objects.SourceFile;
import trapline.linux.objects.SourceFileSearch;
import trapline.model.Place;

/// Reads lines of the source files that debug information names.
public final class SourceFiles implements SourceText {
  private static final int LARGEST = 32 << 20;
  private static final int KEPT = 16;

  private final SourceFileSearch search;
  private final Set<Path> directories;
  private final Map<String, Read> files =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Read> eldest) {
          return size() > KEPT;
        }
      };

  /// @param directories that the user has chosen by working in them or naming them: files that not
  ///     everybody may read are quoted only from there, and from the object file's own directory
  public SourceFiles(SourceFileSearch search, Set<Path> directories) {
    this.search = search;
    this.directories = Set.copyOf(directories);
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
      case SourceFile.Found found -> read(name, found, image.name());
      case SourceFile.Missing missing -> missing(missing.why());
    };
  }

  /// @param object the object file whose debug information has the name
  private Read read(String name, SourceFile.Found found, String object) {
    Path path = found.path();
    String shown = found.how() == SourceFile.How.PLACE ? name : path.toString();
    try {
      return Patience.look(path, at -> readAt(at, shown, found, object));
    } catch (IOException e) {
      return missing("the source file " + shown + " cannot be read: " + FileErrors.reason(e));
    }
  }

  private Read readAt(Path path, String shown, SourceFile.Found found, String object)
      throws IOException {
    try (UntrustedFile file = UntrustedFile.open(path)) {
      if (file.size() > LARGEST) {
        return missing(shown + " is larger than " + (LARGEST >> 20) + " MiB");
      }
      // What debuginfod has sent is for everybody.
      if (found.how() != SourceFile.How.DEBUGINFOD && !file.mayBeQuoted(chosen(object))) {
        return missing(
            "the source file "
                + shown
                + " is not quoted: not everybody may read it, and it is neither below the working"
                + " directory nor the program's; --mine names others");
      }
      String text = ByteText.decode(file.read(LARGEST));
      return new Read(text.lines().toList(), "", from(found));
    }
  }

  private Set<Path> chosen(String object) {
    Set<Path> all = new HashSet<>(directories);
    try {
      all.add(Path.of(object).toRealPath().resolveSibling("").normalize());
    } catch (IOException | InvalidPathException e) {
      // It is in another root, or only in memory.
    }
    all.removeIf(each -> each.getNameCount() == 0); // everything is below /
    return all;
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
