package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trapline.kernel.SyscallDefinition;
import trapline.model.Place;

/// Finds the functions that an assembly file defines: by the macros of
/// `include/linux/linkage.h`, by those of architectures (`ENTRY`, `NESTED`, `LEAF`, `_GLOBAL`),
/// or as plain labels.
final class AssemblyScanner {
  private static final int MAX_LINE = 400;
  private static final int MAX_FOUND = 5_000;

  /// `SYM_CODE_START(name)`, `NESTED(name, …)`, `ENTRY_CFI(name)`
  private static final Pattern MACRO =
      Pattern.compile(
          "(SYM_\\w*START\\w*|ENTRY|ENTRY_CFI|END?TRY_\\w+|NESTED|LEAF|_GLOBAL\\w*|ARC_ENTRY|FEXPORT)"
              + "\\s*\\(?\\s*([A-Za-z_]\\w*).*");

  private static final Pattern LABEL = Pattern.compile("([A-Za-z_]\\w*):.*");

  private AssemblyScanner() {}

  /// The functions as definitions without arguments and gates; a macro and the label it makes are
  /// one.
  static List<SyscallDefinition> scan(String path, byte[] text) {
    List<SyscallDefinition> found = new ArrayList<>();
    Set<String> names = new HashSet<>();
    IfStack ifs = new IfStack();
    int line = 0;
    int at = 0;
    while (at < text.length && found.size() < MAX_FOUND) {
      int end = at;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      line++;
      if (end - at < MAX_LINE && end > at) {
        String content = new String(text, at, end - at, StandardCharsets.UTF_8).trim();
        if (content.startsWith("#")) {
          ifs.directive(content, 0);
        } else {
          Matcher macro = MACRO.matcher(content);
          Matcher label = LABEL.matcher(content);
          boolean byMacro = macro.matches();
          if (byMacro || label.matches()) {
            String name = byMacro ? macro.group(2) : label.group(1);
            if (names.add(name + ifs.conditions())) {
              Place place = new Place(path, line);
              found.add(
                  new SyscallDefinition(
                      name, "", content, List.of(), place, line, ifs.conditions(), List.of()));
            }
          }
        }
      }
      at = end + 1;
    }
    return found;
  }
}
