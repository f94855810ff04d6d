package trapline.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import trapline.bytes.Bytes;

/// Which source an index was made from.
///
/// @param release what the top `Makefile` says: `6.12.117`, `6.13-rc2`
/// @param packageVersion the distribution's version where it can be told, such as
///     `6.12.117-1~deb12u1`; empty otherwise
/// @param distribution who patched it, such as `Debian`; empty for a source with no sign of a
///     distribution's packaging
/// @param sha256 of the tarball, in hexadecimal; empty for a directory
public record KernelVersion(
    String release, String packageVersion, String distribution, String sha256) {
  /// In one line, such as `6.12.117 (Debian 6.12.117-1~deb12u1)`.
  public String text() {
    if (distribution.isEmpty()) {
      return packageVersion.isEmpty() ? release : release + " (" + packageVersion + ")";
    }
    return packageVersion.isEmpty()
        ? release + " (" + distribution + ")"
        : release + " (" + distribution + " " + packageVersion + ")";
  }

  /// The version in the first entry of a Debian changelog: `linux (6.12.117-1) trixie; urgency=…`
  /// (Debian Policy, section 4.4); empty when it does not begin so.
  public static String changelogVersion(Bytes changelog) {
    int length = Math.min(changelog.size(), 1000);
    String start = new String(changelog.copy(0, length), StandardCharsets.UTF_8);
    int open = start.indexOf(" (");
    int close = start.indexOf(')');
    int line = start.indexOf('\n');
    boolean fits = open > 0 && close > open && (line < 0 || close < line);
    return fits ? start.substring(open + 2, close) : "";
  }

  public static KernelVersion of(
      String makefile, Optional<byte[]> changelog, String packageVersion, String sha256) {
    String version = variable(makefile, "VERSION");
    String level = variable(makefile, "PATCHLEVEL");
    String sublevel = variable(makefile, "SUBLEVEL");
    String extra = variable(makefile, "EXTRAVERSION");
    String release =
        version.isEmpty() || level.isEmpty()
            ? ""
            : version + "." + level + (sublevel.isEmpty() ? "" : "." + sublevel) + extra;
    String packaged =
        packageVersion.isEmpty()
            ? changelog.map(text -> changelogVersion(Bytes.of("changelog", text))).orElse("")
            : packageVersion;
    // Debian's patches make the top Makefile write its package's name and version into the kernel.
    boolean debian = makefile.contains("DISTRIBUTION_OFFICIAL_BUILD") || changelog.isPresent();
    return new KernelVersion(release, packaged, debian ? "Debian" : "", sha256);
  }

  private static String variable(String makefile, String name) {
    int at = 0;
    while (at < makefile.length()) {
      int end = makefile.indexOf('\n', at);
      end = end < 0 ? makefile.length() : end;
      if (makefile.startsWith(name + " =", at)) {
        return makefile.substring(Math.min(end, at + name.length() + 2), end).trim();
      }
      at = end + 1;
    }
    return "";
  }

  /// Version, patch level and sublevel as one number.
  static long order(String release) {
    long order = 0;
    String[] parts = release.split("[^0-9]+", 4);
    for (int i = 0; i < 3; i++) {
      String digits = i < parts.length ? parts[i] : "";
      order =
          order * 100_000
              + (digits.isEmpty() || digits.length() > 5 ? 0 : Integer.parseInt(digits));
    }
    return order;
  }

  /// Whether this release comes before another.
  public boolean isLowerThan(String other) {
    return order(release) < order(other);
  }
}
