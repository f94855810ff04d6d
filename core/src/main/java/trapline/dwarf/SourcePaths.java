package trapline.dwarf;

/// Paths as debug information states them: a name, relative to a directory that may itself be
/// relative to where the compiler ran (DWARF 5, section 6.2.4.1; DWARF 4, section 6.2.4).
public final class SourcePaths {
  private SourcePaths() {}

  /// A name as it is reached from a directory, without empty and `.` parts in its middle. What `..`
  /// stands behind stays, for it may be a link.
  ///
  /// @param directory empty when it is not known
  /// @param name empty for the directory itself
  public static String join(String directory, String name) {
    boolean alone = directory.isEmpty() || name.startsWith("/");
    if (name.isEmpty()) {
      return tidy(directory);
    }
    return tidy(alone ? name : directory + "/" + name);
  }

  private static String tidy(String path) {
    if (!path.contains("//") && !path.contains("/./")) {
      return path;
    }
    StringBuilder tidy = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); ) {
      tidy.append(path.charAt(i));
      boolean slash = path.charAt(i) == '/';
      i++;
      while (slash && i < path.length()) {
        if (path.charAt(i) == '/') {
          i++;
        } else if (path.startsWith("./", i)) {
          i += 2;
        } else {
          break;
        }
      }
    }
    return tidy.toString();
  }
}
