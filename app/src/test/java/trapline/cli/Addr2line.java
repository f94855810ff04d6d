package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import trapline.testing.Command;

/// What `addr2line -i -f` says.
final class Addr2line {
  private static final Map<String, List<String>> KNOWN = new HashMap<>();

  private Addr2line() {}

  /// The levels at an address, innermost first, as `function file:line` with the whole path;
  /// without
  /// place when there is none.
  static synchronized List<String> at(String file, long address) {
    return KNOWN.computeIfAbsent(file + " " + address, key -> ask(file, address));
  }

  private static List<String> ask(String file, long address) {
    String[] lines =
        Command.run("addr2line", "-i", "-f", "-e", file, Long.toHexString(address))
            .orFail()
            .split("\n");
    List<String> levels = new ArrayList<>();
    for (int i = 0; i + 1 < lines.length; i += 2) {
      String place = lines[i + 1].replaceFirst(" \\(discriminator \\d+\\)$", "");
      levels.add(lines[i] + (place.startsWith("??") ? "" : " " + place));
    }
    return levels;
  }

  /// The same for one frame of a journey's stack: the trap or call lies before the address, but
  /// where the frame was interrupted.
  static List<String> of(List<JsonNode> levels, boolean interrupted) {
    JsonNode frame = levels.getLast();
    long offset = Long.decode(frame.get("moduleOffset").asText());
    return at(frame.get("evidenceFrom").asText(), interrupted ? offset : offset - 1);
  }
}
