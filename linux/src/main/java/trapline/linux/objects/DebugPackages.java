package trapline.linux.objects;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.elf.DebugLink;

/// Says what would bring the debug information of a file.
public final class DebugPackages {
  /// Debian packages whose debug information is in a package with a name of its own; all others'
  /// is in `PACKAGE-dbgsym`.
  private static final List<String> OF_LIBC =
      List.of("libc6", "libc-bin", "libc6-x32", "libc6-i386", "libc-dev-bin", "nscd");

  private static final String COMPILE = "compile it with -g";
  private static final String SYMBOLS = "-dbgsym";
  private static final Path ROOT = Path.of("/");

  private DebugPackages() {}

  /// One line that says what to do.
  static String remedy(ObjectFile object) {
    if (object.path().startsWith("[")) {
      // The vDSO is part of the kernel.
      return "install the kernel's own debug package";
    }
    Path path = ObjectFiles.pathOf(object.path());
    if (path == null || !path.isAbsolute()) {
      return byHand(object);
    }
    Path lists = object.root().resolve("var/lib/dpkg/info");
    if (Files.isDirectory(lists)) {
      String owner = owner(lists, names(path, object));
      if (owner != null) {
        return debianRemedy(owner, osRelease(object.root(), "VERSION_CODENAME"));
      }
      return byHand(object);
    }
    return otherRemedy(object, path);
  }

  /// For a file of no package that is installed here. One that names its debug file was built with
  /// it, by somebody else perhaps.
  private static String byHand(ObjectFile object) {
    DebugLink link = object.elf().debugLink();
    return link == null
        ? COMPILE
        : "name the directory of its debug file " + link.fileName() + " with --debug-dir";
  }

  private static String debianRemedy(String owner, String codename) {
    String name = ofOwner(owner);
    if (!name.endsWith(SYMBOLS)) {
      return "install " + name;
    }
    String archive = codename.isEmpty() ? "" : " " + codename + "-debug";
    return "install " + name + " (from the archive debian-debug" + archive + ")";
  }

  private static String ofOwner(String owner) {
    return OF_LIBC.contains(owner) ? "libc6-dbg" : owner + SYMBOLS;
  }

  /// The Debian package that has the debug information of a file of this machine, whether or not an
  /// archive has it.
  ///
  /// @return `null` when the file is of no package
  public static @Nullable String nameFor(ObjectFile object) {
    Path path = ObjectFiles.pathOf(object.path());
    Path lists = ROOT.resolve("var/lib/dpkg/info");
    if (path == null || !path.isAbsolute() || !object.root().equals(ROOT)) {
      return null;
    }
    String owner = Files.isDirectory(lists) ? owner(lists, names(path, object)) : null;
    return owner == null ? null : ofOwner(owner);
  }

  private static String otherRemedy(ObjectFile object, Path path) {
    Path root = object.root();
    String family = " " + osRelease(root, "ID") + " " + osRelease(root, "ID_LIKE") + " ";
    String buildId = object.elf().buildId();
    if (!isSystemFile(path)) {
      return byHand(object);
    }
    if (family.contains(" fedora ") || family.contains(" rhel ")) {
      return "run `dnf debuginfo-install " + path + "`";
    }
    if (family.contains(" alpine ")) {
      return "install the -dbg package of the one that owns it (`apk info --who-owns "
          + path
          + "`)";
    }
    if (!buildId.isEmpty()) {
      return "run `debuginfod-find debuginfo " + buildId + "` with DEBUGINFOD_URLS set";
    }
    return "install the debug package of the one that owns it";
  }

  private static boolean isSystemFile(Path path) {
    return path.startsWith("/usr")
        || path.startsWith("/lib")
        || path.startsWith("/lib64")
        || path.startsWith("/bin")
        || path.startsWith("/sbin");
  }

  /// The names under which a package may list the file: links followed, and with and without the
  /// `/usr` of merged systems.
  private static List<String> names(Path path, ObjectFile object) {
    List<String> names = new ArrayList<>(DebugFileSearch.mergedNames(path.toString()));
    try {
      Path real = object.opened().toRealPath();
      if (object.root().equals(ROOT)) {
        for (String name : DebugFileSearch.mergedNames(real.toString())) {
          if (!names.contains(name)) {
            names.add(name);
          }
        }
      }
    } catch (IOException e) {
      // The name as it is has to do.
    }
    return names;
  }

  /// The package whose list of files (dpkg-query(1), `PACKAGE.list`) names the file.
  ///
  /// @return `null` when none does
  private static @Nullable String owner(Path lists, List<String> names) {
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      lines.add(latin1(("\n" + name + "\n").getBytes(StandardCharsets.UTF_8)));
    }
    String stem = stem(names.get(0));
    List<Path> others = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(lists, "*.list")) {
      for (Path file : files) {
        if (!file.getFileName().toString().startsWith(stem)) {
          others.add(file);
        } else if (lists(file, lines)) {
          return packageOf(file);
        }
      }
      for (Path file : others) {
        if (lists(file, lines)) {
          return packageOf(file);
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  /// The letters that a file's name begins with. Packages that begin alike are looked at first,
  /// because the file is probably in one of them: `libc.so.6` in `libc6`.
  private static String stem(String path) {
    int start = path.lastIndexOf('/') + 1;
    int end = start;
    while (end < path.length() && Character.isLetter(path.charAt(end))) {
      end++;
    }
    return path.substring(start, end);
  }

  private static boolean lists(Path list, List<String> lines) throws IOException {
    String content = latin1(Files.readAllBytes(list));
    for (String line : lines) {
      if (content.contains(line)) {
        return true;
      }
    }
    return false;
  }

  /// `libc6` for `libc6:amd64.list`.
  private static String packageOf(Path list) {
    String name = list.getFileName().toString();
    int architecture = name.indexOf(':');
    return name.substring(0, architecture < 0 ? name.length() - ".list".length() : architecture);
  }

  /// Bytes as text, one character each, because text is searched fastest.
  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// A value of os-release(5); empty when there is none.
  private static String osRelease(Path root, String key) {
    Path file = root.resolve("etc/os-release");
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key + "=")) {
          return line.substring(key.length() + 1).replace("\"", "").replace("'", "");
        }
      }
    } catch (IOException e) {
      return "";
    }
    return "";
  }
}
