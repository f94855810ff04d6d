package trapline.linux.proc;

import java.io.ByteArrayOutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import trapline.bytes.ByteText;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// Files whose names are not UTF-8. The Java library makes paths of characters, so such a file is
/// opened by its bytes once, and is then reached through `/proc/self/fd`.
public final class FileNames {
  private static final String REPLACED = "\ufffd";

  /// Names come from programs, too; a file that is one too many is as good as absent.
  private static final int MOST = 500;

  /// Opened for its name alone, and kept: a path that was given out stays good.
  private static final Map<String, Path> OPENED = new ConcurrentHashMap<>();

  private FileNames() {}

  /// The file of a name, as [ByteText] has it.
  ///
  /// @throws InvalidPathException when what is not UTF-8 of it is of no file, or when it has a NUL
  public static Path path(String name) {
    if (!ByteText.hasBytes(name)) {
      return Path.of(name);
    }
    int end = name.length();
    // What stands behind the last part that is not UTF-8 may be in any path, and of no file yet.
    for (int slash = name.lastIndexOf('/'); slash >= 0; slash = name.lastIndexOf('/', slash - 1)) {
      if (ByteText.hasBytes(name.substring(slash, end))) {
        break;
      }
      end = slash;
    }
    return end == name.length()
        ? opened(name)
        : opened(name.substring(0, end)).resolve(name.substring(end + 1));
  }

  private static Path opened(String name) {
    Path known = OPENED.get(name);
    if (known == null && OPENED.size() >= MOST) {
      throw new InvalidPathException(name, "too many names that are not UTF-8");
    }
    return known != null ? known : OPENED.computeIfAbsent(name, FileNames::open);
  }

  private static Path open(String name) {
    int descriptor = name.indexOf('\0') >= 0 ? -1 : new Kernel().open(name, Numbers.O_PATH);
    if (descriptor < 0) {
      throw new InvalidPathException(name, "no such file");
    }
    return Path.of("/proc/self/fd/" + descriptor);
  }

  /// A text with the names of the files that are reached through `/proc/self/fd` in their place.
  public static String shown(String text) {
    String shown = text;
    for (Map.Entry<String, Path> each : OPENED.entrySet()) {
      String path = each.getValue().toString();
      for (int at = shown.indexOf(path); at >= 0; at = shown.indexOf(path, at + 1)) {
        int end = at + path.length();
        if (end == shown.length() || !Character.isDigit(shown.charAt(end))) {
          shown = shown.substring(0, at) + each.getKey() + shown.substring(end);
        }
      }
    }
    return shown;
  }

  /// Whether a path stands for a file whose name is not UTF-8.
  public static boolean isOdd(Path path) {
    return !OPENED.isEmpty() && OPENED.values().stream().anyMatch(path::startsWith);
  }

  /// A path as [ByteText] has it, where the path itself only has characters that stand for its
  /// bytes.
  public static String text(Path path) {
    String text = path.toString();
    if (!text.contains(REPLACED) || !path.isAbsolute()) {
      return text;
    }
    // The address of a file has its bytes, each that is not ASCII as %80 to %ff.
    String address = path.toUri().getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(address.length());
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c == '%' && i + 2 < address.length()) {
        bytes.write(Integer.parseInt(address, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    String exact = ByteText.decode(bytes.toByteArray());
    return exact.endsWith("/") && exact.length() > 1
        ? exact.substring(0, exact.length() - 1)
        : exact;
  }
}
