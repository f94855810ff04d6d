package trapline.linux.cause;

/// How file names are written in a sentence.
final class Shown {
  private static final int LONGEST = 120;

  private Shown() {}

  /// A path that is too long is cut in its middle.
  static String name(String path) {
    return path.length() <= LONGEST
        ? path
        : path.substring(0, LONGEST / 2) + "…" + path.substring(path.length() - LONGEST / 2);
  }

  static String quoted(String name) {
    return '"' + name(name) + '"';
  }
}
