package trapline.linux.debuginfod;

import java.nio.charset.StandardCharsets;

/// One file that debuginfod serves (debuginfod(8), "WEBAPI").
///
/// @param buildId in lower-case hexadecimal digits
/// @param path of a source file as the debug information has it, absolute; empty otherwise
public record Artifact(String buildId, Kind kind, String path) {
  /// What a build-id may ask for.
  public enum Kind {
    /// A file with debug information.
    DEBUGINFO("debuginfo", Integer.MAX_VALUE),
    /// A file of the source.
    SOURCE("source", 32 << 20);

    final String word;

    /// The most bytes that are taken, whatever a server announces: what can be read afterwards.
    final long most;

    Kind(String word, long most) {
      this.word = word;
      this.most = most;
    }
  }

  /// elfutils takes no longer ones (debuginfod_find_debuginfo(3)).
  private static final int LONGEST_BUILD_ID = 128;

  private static final int SHORTEST_BUILD_ID = 4;
  private static final String UNRESERVED = "-._~/";

  /// The debug information of a file.
  public static Artifact debugInfo(String buildId) {
    return new Artifact(buildId, Kind.DEBUGINFO, "");
  }

  /// A source file that was compiled into a file.
  public static Artifact source(String buildId, String path) {
    return new Artifact(buildId, Kind.SOURCE, path);
  }

  /// Whether debuginfod's protocol can ask for it.
  public boolean canBeAsked() {
    int length = buildId.length();
    if (length < SHORTEST_BUILD_ID || length > LONGEST_BUILD_ID || length % 2 != 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char digit = buildId.charAt(i);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return kind == Kind.SOURCE ? path.startsWith("/") && path.indexOf('\0') < 0 : path.isEmpty();
  }

  /// Its name in the cache of elfutils' client, in the build-id's directory.
  String cacheName() {
    return kind.word + path.replace("#", "#_").replace("/", "##");
  }

  /// What stands behind `/buildid/` in its address.
  String request() {
    StringBuilder request = new StringBuilder(buildId).append('/').append(kind.word);
    for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
      char letter = (char) (each & 0xff);
      boolean plain =
          (letter >= 'a' && letter <= 'z')
              || (letter >= 'A' && letter <= 'Z')
              || (letter >= '0' && letter <= '9')
              || UNRESERVED.indexOf(letter) >= 0;
      if (plain) {
        request.append(letter);
      } else {
        request.append('%').append(String.format("%02X", (int) letter));
      }
    }
    return request.toString();
  }
}
