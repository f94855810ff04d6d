package trapline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// The one-line descriptions of this machine's manual pages of section 2 (man-pages(7), section
/// NAME).
final class ManualPage {
  private static final Path DIRECTORY = Path.of("/usr/share/man/man2");
  private static final int LARGEST = 1 << 20;

  private ManualPage() {}

  /// What the page says that the call does; empty when there is no such page or it does not say.
  static String description(String name) {
    return description(DIRECTORY, name);
  }

  static String description(Path directory, String name) {
    if (!name.matches("[A-Za-z0-9_]{1,64}")) {
      return "";
    }
    try {
      String page = read(directory, name + ".2");
      // A page may only name another one that it shares: `.so man2/stat.2`.
      if (page.startsWith(".so man2/")) {
        String other = page.substring(9).lines().findFirst().orElse("").strip();
        page = other.matches("[A-Za-z0-9_]{1,64}\\.2") ? read(directory, other) : "";
      }
      return sentence(page);
    } catch (IOException e) {
      return "";
    }
  }

  private static String read(Path directory, String file) throws IOException {
    Path packed = directory.resolve(file + ".gz");
    Path plain = directory.resolve(file);
    if (Files.isRegularFile(packed)) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
        return new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8);
      }
    }
    if (!Files.isRegularFile(plain)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(plain)) {
      return new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8);
    }
  }

  /// What follows the dash in the section NAME, without roff's escapes.
  private static String sentence(String page) {
    StringBuilder section = new StringBuilder();
    boolean inside = false;
    for (String line : page.lines().limit(400).toList()) {
      if (line.startsWith(".SH")) {
        if (inside) {
          break;
        }
        inside = line.contains("NAME");
      } else if (inside && !line.startsWith(".")) {
        section.append(section.isEmpty() ? "" : " ").append(line.strip());
      }
    }
    int dash = section.indexOf("\\-");
    return dash < 0
        ? ""
        : section
            .substring(dash + 2)
            .strip()
            .replaceAll("\\\\f[A-Z]", "")
            .replace("\\-", "-")
            .replace("\\e", "\\");
  }
}
