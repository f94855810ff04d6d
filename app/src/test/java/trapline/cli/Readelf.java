package trapline.cli;

import java.nio.file.Path;
import trapline.testing.Command;

/// What readelf(1) says.
final class Readelf {
  private Readelf() {}

  static String buildId(Path file) {
    for (String line : Command.run("readelf", "-nW", file.toString()).orFail().split("\n")) {
      int at = line.indexOf("Build ID: ");
      if (at >= 0) {
        return line.substring(at + 10).strip();
      }
    }
    throw new AssertionError("no build id in " + file);
  }
}
