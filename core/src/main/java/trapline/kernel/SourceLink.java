package trapline.kernel;

import trapline.model.Place;

/// Where to read a line of a kernel's source online: in Bootlin's cross-referencer, which has every
/// release that carries a tag of the stable tree.
public final class SourceLink {
  private static final String SITE = "https://elixir.bootlin.com/linux/v";

  private SourceLink() {}

  /// The line's address; empty when the version is no tagged release (`6.13.0-rc2+`, a tree with
  /// local changes to its version).
  ///
  /// The tag holds the unpatched source: of a distribution's ([KernelVersion#distribution]) the
  /// lines may differ.
  public static String of(KernelVersion version, Place place) {
    String tag = tag(version.release());
    return tag.isEmpty() || place.file().isEmpty()
        ? ""
        : SITE + tag + "/source/" + place.file() + (place.line() > 0 ? "#L" + place.line() : "");
  }

  /// The tag's version: mainline's first release of a series has no third part.
  private static String tag(String release) {
    int end = 0;
    int dots = 0;
    while (end < release.length()) {
      char c = release.charAt(end);
      if (c == '.') {
        dots++;
      } else if (c < '0' || c > '9') {
        break;
      }
      end++;
    }
    String rest = release.substring(end);
    boolean candidate = rest.startsWith("-rc") && rest.length() > 3;
    for (int i = 3; candidate && i < rest.length(); i++) {
      candidate = Character.isDigit(rest.charAt(i));
    }
    String version = release.substring(0, end);
    if (dots < 1 || dots > 2 || version.endsWith(".") || !(rest.isEmpty() || candidate)) {
      return "";
    }
    return (dots == 2 && version.endsWith(".0") ? version.substring(0, end - 2) : version) + rest;
  }
}
