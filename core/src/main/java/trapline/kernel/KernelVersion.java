package trapline.kernel;

/// Which source an index was made from.
///
/// @param release what the top `Makefile` says: `6.12.117`, `6.13-rc2`
/// @param packageVersion the distribution's version where it can be told, such as
///     `6.12.117-1~deb12u1`; empty otherwise
/// @param distribution who patched it, such as `Debian`; empty for a source with no sign of a
///     distribution's packaging
public record KernelVersion(String release, String packageVersion, String distribution) {
  /// In one line, such as `6.12.117 (Debian 6.12.117-1~deb12u1)`.
  public String text() {
    if (distribution.isEmpty()) {
      return release;
    }
    return packageVersion.isEmpty()
        ? release + " (" + distribution + ")"
        : release + " (" + distribution + " " + packageVersion + ")";
  }
}
