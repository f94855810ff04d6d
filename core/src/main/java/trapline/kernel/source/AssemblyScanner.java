package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trapline.kernel.SyscallDefinition;
import trapline.model.Place;

/// Finds the functions that an assembly file defines: by the macros of `include/linux/linkage.h`,
/// by those of architectures (`ENTRY`, `NESTED`, `LEAF`, `_GLOBAL`), as plain labels, or by a macro
/// of the file that makes them out of its argument (alpha's `fork_like clone`).
final class AssemblyScanner {
  private static final int MAX_LINE = 400;
  private static final int MAX_FOUND = 5_000;

  /// `SYM_CODE_START(name)`, `NESTED(name, …)`, `ENTRY_CFI(sys_\name\()_wrapper)`
  private static final Pattern START =
      Pattern.compile(
          "(?:SYM_\\w*START\\w*|ENTRY(?:_CFI)?|GLOBAL_ENTRY|C_ENTRY|NESTED|LEAF|_GLOBAL\\w*|FEXPORT)"
              + "\\s*\\(\\s*([A-Za-z_](?:\\w|\\\\\\(\\)|\\\\)*).*");

  private static final Pattern LABEL = Pattern.compile("([A-Za-z_][\\w\\\\()]*):.*");

  /// `.macro fork_like name`
  private static final Pattern MACRO = Pattern.compile("\\.macro\\s+(\\w+)\\s+(\\w+)");

  private static final Pattern USE = Pattern.compile("(\\w+)\\s+(\\w+)");

  private final String path;
  private final List<SyscallDefinition> found = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final IfStack ifs = new IfStack();

  /// Of each macro with one parameter: the symbols that its body defines, with `\` for it.
  private final Map<String, List<String>> macros = new HashMap<>();

  private String macro = "";
  private String parameter = "";

  private AssemblyScanner(String path) {
    this.path = path;
  }

  /// The functions as definitions without arguments and gates; a macro and the label it makes are
  /// one.
  static List<SyscallDefinition> scan(String path, byte[] text) {
    AssemblyScanner scanner = new AssemblyScanner(path);
    int line = 0;
    int at = 0;
    while (at < text.length && scanner.found.size() < MAX_FOUND) {
      int end = at;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      line++;
      if (end - at < MAX_LINE && end > at) {
        scanner.line(new String(text, at, end - at, StandardCharsets.UTF_8).trim(), line);
      }
      at = end + 1;
    }
    return scanner.found;
  }

  private void line(String content, int line) {
    if (content.startsWith("#")) {
      ifs.directive(content, 0);
      return;
    }
    if (content.startsWith(".macro")) {
      Matcher head = MACRO.matcher(content);
      macro = head.matches() ? head.group(1) : "";
      parameter = head.matches() ? "\\" + head.group(2) : "";
      return;
    }
    if (content.startsWith(".endm")) {
      macro = "";
      return;
    }
    Matcher start = START.matcher(content);
    Matcher label = LABEL.matcher(content);
    boolean byMacro = start.matches();
    if (byMacro || label.matches()) {
      String name = byMacro ? start.group(1) : label.group(1);
      if (!name.contains("\\")) {
        add(name, content, line);
      } else if (!macro.isEmpty() && name.contains(parameter)) {
        String shape = name.replace(parameter + "\\()", "\\").replace(parameter, "\\");
        macros.computeIfAbsent(macro, key -> new ArrayList<>(1)).add(shape);
      }
      return;
    }
    Matcher use = USE.matcher(content);
    if (use.matches()) {
      for (String shape : macros.getOrDefault(use.group(1), List.of())) {
        add(shape.replace("\\", use.group(2)), content, line);
      }
    }
  }

  private void add(String name, String content, int line) {
    if (names.add(name + ifs.conditions())) {
      Place place = new Place(path, line);
      found.add(
          new SyscallDefinition(
              name, "", content, List.of(), place, line, ifs.conditions(), List.of()));
    }
  }
}
