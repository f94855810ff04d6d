package trapline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What man pages say that is in no option's description: the rows of `manual.txt`.
///
/// @param section its heading
/// @param command which page it is for; `*` for all, empty for that of `trapline` itself
record ManualText(String section, String command, String term, String text) {
  static List<ManualText> all() {
    try (InputStream in =
        Objects.requireNonNull(ManualText.class.getResourceAsStream("manual.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(ManualText::row)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ManualText row(String line) {
    String[] cells = line.split("\t", -1);
    if (cells.length != 4) {
      throw new IllegalStateException("manual.txt: " + line);
    }
    return new ManualText(cells[0], cells[1], cells[2], cells[3]);
  }

  boolean isFor(CommandOutline command) {
    return this.command.equals("*") || this.command.equals(String.join(" ", command.words()));
  }
}
