package trapline.libc.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trapline.libc.Libc;

/// The unpacked source of a C library.
///
/// @param version such as `2.36`
/// @param directory where it lies, an absolute path
/// @param origin where it came from, in words
record SourceTree(Libc.Kind kind, String version, Path directory, String origin) {
  private static final Pattern GLIBC = Pattern.compile("#define\\s+VERSION\\s+\"([0-9][0-9.]*)");
  private static final Pattern MUSL = Pattern.compile("\\s*([0-9]+(?:\\.[0-9]+)+)[^\\n]{0,40}\\s*");
  private static final int LONGEST = 4096;
  private static final Pattern UNUSABLE = Pattern.compile("[\\s:#$'\"\\\\%=~]");

  /// Such as `glibc-2.36`.
  String name() {
    return kind.text() + "-" + version;
  }

  String title() {
    return kind.text() + " " + version;
  }

  /// Looks whether a directory is the source of a C library.
  ///
  /// @return `null` when it is none
  static @Nullable SourceTree look(Path directory, String origin) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (!Files.isRegularFile(absolute.resolve("configure"))) {
      return null;
    }
    if (Files.isRegularFile(absolute.resolve("csu/libc-start.c"))) {
      Matcher found = GLIBC.matcher(start(absolute.resolve("version.h")));
      if (found.find()) {
        return new SourceTree(Libc.Kind.GLIBC, found.group(1), absolute, origin);
      }
    }
    if (Files.isDirectory(absolute.resolve("src/internal"))
        && Files.isDirectory(absolute.resolve("arch/x86_64"))) {
      Matcher found = MUSL.matcher(start(absolute.resolve("VERSION")));
      if (found.matches()) {
        return new SourceTree(Libc.Kind.MUSL, found.group(1), absolute, origin);
      }
    }
    return null;
  }

  /// Looks at a directory, and says what it lacks when it is no source of a C library.
  static SourceTree require(Path directory, String origin) {
    SourceTree tree = look(directory, origin);
    if (tree != null) {
      return tree;
    }
    throw LibcBuildFailure.input(
        directory
            + ": not the source of glibc (configure, version.h, csu/libc-start.c) or musl"
            + " (configure, VERSION, arch/x86_64)"
            + hint(directory));
  }

  private static String hint(Path directory) {
    for (List<String> row : Table.rows("releases.txt")) {
      if (Files.isRegularFile(directory.resolve("lib").resolve("libc.so"))
          || Files.isRegularFile(directory.resolve("lib").resolve("libc.so.6"))) {
        return "; it looks like an installed library: its source is needed, such as "
            + row.getFirst()
            + "'s";
      }
    }
    return "";
  }

  /// Refuses a source that is known not to build: `make` goes into glibc's `manual`, which Debian
  /// leaves out of its `orig` tarballs for its licence.
  void requireWhole() {
    if (kind == Libc.Kind.GLIBC && !Files.isRegularFile(directory.resolve("manual/Makefile"))) {
      throw LibcBuildFailure.input(
          origin
              + ": has no manual/, without which make fails, as in a distribution's bare orig"
              + " tarball: unpack its source package with dpkg-source -x and name that directory,"
              + " or take the project's own tarball");
    }
  }

  /// Refuses a path that neither `make` nor the compiler would take apart rightly.
  static void requireUsable(Path path) {
    if (UNUSABLE.matcher(path.toString()).find()) {
      throw LibcBuildFailure.input(
          path + ": make cannot work with blanks or any of : # $ ' \" \\ % = ~ in a path");
    }
  }

  private static String start(Path file) {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
