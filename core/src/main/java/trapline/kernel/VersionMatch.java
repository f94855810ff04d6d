package trapline.kernel;

/// How the kernel that runs relates to the source that the facts are from.
///
/// @param level how close they are
/// @param sentence what to tell the user, without its full stop
public record VersionMatch(Level level, String sentence) {
  /// From closest to farthest.
  public enum Level {
    /// The same source: a distribution's package of the same version, or the same pristine release.
    EXACT,
    /// The same upstream release; one of them carries patches that the other may not have.
    SAME_RELEASE,
    /// The same series (6.12) and another point release: lines are approximate.
    SAME_SERIES,
    /// Another series: lines are approximate, and calls may differ.
    OTHER,
    /// It is not known which kernel runs.
    UNKNOWN
  }

  /// Whether the facts are known to be the running kernel's own.
  public boolean exact() {
    return level == Level.EXACT;
  }

  /// Whether the facts are of the running kernel's series, so that its configuration fits them.
  public boolean isOwnSeries() {
    return level != Level.OTHER && level != Level.UNKNOWN;
  }

  /// @param release as `uname -r` says it: `6.12.48+deb13-cloud-amd64`
  /// @param build as `uname -v` says it, in which Debian puts its package's version; may be empty
  static VersionMatch of(KernelVersion source, String release, String build) {
    String running = upstream(release);
    if (running.isEmpty()) {
      return new VersionMatch(
          Level.UNKNOWN, "facts from " + source.text() + "; the running kernel is not known");
    }
    String packaged = source.packageVersion();
    String what = "running " + release + "; facts from " + source.text();
    if (packaged.isEmpty() ? release.equals(source.release()) : hasWord(build, packaged)) {
      if (packaged.isEmpty() == source.distribution().isEmpty()) {
        return new VersionMatch(Level.EXACT, what + " (exact)");
      }
    }
    if (running.equals(source.release())) {
      return new VersionMatch(
          Level.SAME_RELEASE, what + " (same release; the running one's patches are not known)");
    }
    boolean lower = KernelVersion.order(source.release()) < KernelVersion.order(running);
    if (series(running).equals(series(source.release()))) {
      String which = lower ? "same series, nearest lower version" : "same series";
      return new VersionMatch(Level.SAME_SERIES, what + " (" + which + "; lines are approximate)");
    }
    String which = lower ? "nearest lower version" : "a later version, the oldest indexed";
    return new VersionMatch(
        Level.OTHER, what + " (" + which + "; lines are approximate and calls may differ)");
  }

  private static boolean hasWord(String text, String word) {
    for (String part : text.split(" ", -1)) {
      if (part.equals(word)) {
        return true;
      }
    }
    return false;
  }

  /// The part that upstream numbered: digits and dots, and a release candidate's `-rcN`.
  private static String upstream(String release) {
    int end = 0;
    while (end < release.length()
        && (Character.isDigit(release.charAt(end)) || release.charAt(end) == '.')) {
      end++;
    }
    if (release.startsWith("-rc", end)) {
      end += 3;
      while (end < release.length() && Character.isDigit(release.charAt(end))) {
        end++;
      }
    }
    return release.substring(0, end);
  }

  private static String series(String release) {
    int dot = release.indexOf('.');
    int end = dot + 1;
    while (dot >= 0 && end < release.length() && Character.isDigit(release.charAt(end))) {
      end++;
    }
    return dot < 0 ? release : release.substring(0, end);
  }
}
