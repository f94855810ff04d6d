package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trapline.kernel.IndexContent;
import trapline.model.Place;

/// What an architecture's own files say of its table by `#define`: the prefix that is pasted onto
/// every entry point, and entry points that it replaces.
final class ArchitectureMacros {
  /// What one file says.
  ///
  /// @param prefixes such as `__arm64_`, by what follows `__SYSCALL_` in the macro's name in lower
  ///     case, in the order of the file; empty when the file pastes none
  /// @param aliases what stands for another function with another prefix
  record Found(
      Map<String, String> prefixes, Map<String, String> aliases, List<Replacement> redirections) {
    boolean isEmpty() {
      return prefixes.isEmpty() && redirections.isEmpty();
    }
  }

  /// A redirection with the `#if`s around it.
  record Replacement(IndexContent.Redirection redirection, List<String> conditions) {}

  private static final int MAX_LINE = 400;
  private static final int MAX_FOUND = 1000;

  /// `#define __SYSCALL(nr, sym) [nr] = __arm64_##sym,`
  private static final Pattern PASTE =
      Pattern.compile("#\\s*define\\s+__SYSCALL_?(\\w*)\\(.*?(\\w+)##");

  /// `#define __arm64_sys_personality __arm64_sys_arm64_personality`
  private static final Pattern REPLACE =
      Pattern.compile("#\\s*define\\s+(\\w*?)((?:compat_)?sys_\\w+)\\s+(\\w*sys_\\w+)\\s*");

  private ArchitectureMacros() {}

  /// @param path of a file under `arch/ARCHITECTURE/`
  static Found scan(String path, byte[] text) {
    Map<String, String> prefixes = new LinkedHashMap<>();
    Map<String, String> aliases = new HashMap<>();
    List<Replacement> redirections = new ArrayList<>(0);
    IfStack ifs = new IfStack();
    int line = 0;
    int at = 0;
    while (at < text.length) {
      int end = at;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      line++;
      while (at < end && text[at] <= ' ') {
        at++;
      }
      if (at < end && text[at] == '#' && end - at < MAX_LINE) {
        String content = new String(text, at, end - at, StandardCharsets.UTF_8).trim();
        if (content.contains("sys_")) {
          Matcher replace = REPLACE.matcher(content);
          if (replace.matches() && redirections.size() < MAX_FOUND) {
            List<String> conditions = ifs.conditions();
            redirection(replace, new Place(path, line))
                .ifPresentOrElse(
                    found -> redirections.add(new Replacement(found, conditions)),
                    () -> aliases.put(replace.group(1) + replace.group(2), replace.group(3)));
          }
        }
        Matcher paste = PASTE.matcher(content);
        if (content.contains("__SYSCALL") && paste.find() && prefixes.size() < MAX_FOUND) {
          prefixes.putIfAbsent(paste.group(1).toLowerCase(Locale.ROOT), paste.group(2));
        }
        ifs.directive(content, 0);
      }
      at = end + 1;
    }
    return new Found(prefixes, aliases, redirections);
  }

  /// The prefix of the table's entries stands before both names, or before neither.
  private static Optional<IndexContent.Redirection> redirection(Matcher replace, Place place) {
    String prefix = replace.group(1);
    String to = replace.group(3);
    if (!to.startsWith(prefix)) {
      return Optional.empty();
    }
    String architecture = place.file().split("/", 3)[1];
    return Optional.of(
        new IndexContent.Redirection(
            architecture, replace.group(2), to.substring(prefix.length()), place));
  }
}
