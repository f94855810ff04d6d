package trapline.kernel.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// Finds macros in the headers that a file of the kernel includes.
final class Headers {
  /// A file includes some hundreds, one through another.
  private static final int MAX_HEADERS = 600;

  private static final int MAX_SIZE = 4 << 20;
  private static final Pattern DEFINE =
      Pattern.compile("(?m)^[ \\t]*#[ \\t]*define[ \\t]+(\\w{1,100})\\(");
  private static final Pattern INCLUDE =
      Pattern.compile("(?m)^[ \\t]*#[ \\t]*include[ \\t]*([<\"])([\\w./+-]{1,200})[>\"]");

  private final KernelFiles files;
  private final List<String> roots;

  /// By file: the headers that it sees.
  private final Map<String, List<String>> seen = new HashMap<>();

  /// By header: its macros that look like functions.
  private final Map<String, Set<String>> macros = new HashMap<>();

  private final Map<String, String> texts = new HashMap<>();

  /// @param architectureFolder below `arch/`, such as `x86`
  Headers(KernelFiles files, String architectureFolder) {
    this.files = files;
    this.roots =
        List.of(
            "arch/" + architectureFolder + "/include/",
            "include/",
            "arch/" + architectureFolder + "/include/uapi/",
            "include/uapi/");
  }

  /// The header, among those that a file includes, with a macro of that name that may say an error.
  ///
  /// @return `null` when there is none
  @Nullable SourceFile withMacro(String name, SourceFile file, ErrnoSpellings error)
      throws IOException {
    for (String path : of(file.path())) {
      if (macros(path).contains(name) && text(path).contains(error.errno())) {
        SourceFile header = files.parsed(path);
        if (header != null && header.hasMacro(name)) {
          return header;
        }
      }
    }
    return null;
  }

  private Set<String> macros(String path) throws IOException {
    Set<String> known = macros.get(path);
    if (known == null) {
      known = new HashSet<>();
      Matcher define = DEFINE.matcher(text(path));
      while (define.find()) {
        known.add(define.group(1));
      }
      macros.put(path, known);
    }
    return known;
  }

  private List<String> of(String file) throws IOException {
    List<String> known = seen.get(file);
    if (known != null) {
      return known;
    }
    Set<String> met = new HashSet<>();
    List<String> headers = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(file));
    while (!open.isEmpty() && headers.size() < MAX_HEADERS) {
      String from = open.removeFirst();
      Matcher include = INCLUDE.matcher(text(from));
      while (include.find()) {
        String path = resolve(from, include.group(2), include.group(1).equals("\""));
        if (path != null && met.add(path)) {
          headers.add(path);
          open.addLast(path);
        }
      }
    }
    seen.put(file, headers);
    return headers;
  }

  private @Nullable String resolve(String from, String name, boolean near) throws IOException {
    if (near) {
      String beside = from.substring(0, from.lastIndexOf('/') + 1) + name;
      if (!text(beside).isEmpty()) {
        return beside;
      }
    }
    for (String root : roots) {
      if (!text(root + name).isEmpty()) {
        return root + name;
      }
    }
    return null;
  }

  /// A file's text; empty when there is none.
  private String text(String path) throws IOException {
    String known = texts.get(path);
    if (known == null) {
      Optional<Bytes> content = path.contains("..") ? Optional.empty() : files.file(path);
      known =
          content
              .filter(each -> each.size() <= MAX_SIZE)
              .map(each -> new String(each.copy(0, each.size()), StandardCharsets.ISO_8859_1))
              .orElse("");
      texts.put(path, known);
    }
    return known;
  }
}
