package trapline.kernel;

/// How the kernel that runs relates to the source that the facts are from.
///
/// @param level how close they are
/// @param sentence what to tell the user, without its full stop
public record VersionMatch(Level level, String sentence) {
  /// From closest to farthest.
  public enum Level {
    /// The same release.
    EXACT,
    /// The same series (6.12), another point release or other patches: lines are approximate.
    SAME_SERIES,
    /// Another series: lines are approximate, and calls may differ.
    OTHER
  }

  public boolean exact() {
    return level == Level.EXACT;
  }
}
