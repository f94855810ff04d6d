package trapline.linux.loader;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The directories of `DT_RPATH` and `DT_RUNPATH`, with what `$ORIGIN`, `$LIB` and `$PLATFORM`
/// stand for in one file.
final class RunPath {
  private static final int MAX_FOLDERS = 1000;

  private final Path file;
  private final LoaderFile loader;

  /// @param file absolute
  RunPath(Path file, LoaderFile loader) {
    this.file = file;
    this.loader = loader;
  }

  /// The directories of a list; an empty one is the working directory. Those with a token that is
  /// not known are left out.
  List<String> split(String list) {
    List<String> folders = new ArrayList<>();
    if (!list.isEmpty()) {
      for (String each : list.split(loader.isMusl() ? "[:\n]" : ":", MAX_FOLDERS)) {
        String folder = expand(each);
        if (folder != null && !(loader.isMusl() && folder.isEmpty())) {
          folders.add(folder);
        }
      }
    }
    return folders;
  }

  /// @return `null` when it has a token that is not known
  @Nullable String expand(String text) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      int dollar = text.indexOf('$', at);
      if (dollar < 0) {
        return out.append(text, at, text.length()).toString();
      }
      out.append(text, at, dollar);
      boolean braces = text.startsWith("{", dollar + 1);
      int start = dollar + (braces ? 2 : 1);
      int end = start;
      while (end < text.length() && isLetter(text.charAt(end))) {
        end++;
      }
      String value = value(text.substring(start, end));
      boolean closed = !braces || text.startsWith("}", end);
      if (value == null || !closed) {
        if (loader.isMusl()) {
          return null;
        }
        out.append('$'); // glibc takes it for a letter
        at = dollar + 1;
      } else {
        out.append(value);
        at = end + (braces ? 1 : 0);
      }
    }
    return out.toString();
  }

  private static boolean isLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }

  private @Nullable String value(String token) {
    if (token.equals("ORIGIN")) {
      Path folder = file.getParent();
      return folder == null ? "/" : folder.toString();
    }
    return switch (token) {
      case "LIB" -> loader.isMusl() ? null : loader.lib();
      case "PLATFORM" -> loader.isMusl() ? null : loader.platform();
      default -> null;
    };
  }
}
