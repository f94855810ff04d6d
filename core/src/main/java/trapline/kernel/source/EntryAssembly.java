package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the assembly of a kernel's entry: its symbols, with the names that their instructions
/// mention. A symbol begins at a macro of `include/linux/linkage.h` or an architecture's own
/// (`SYM_CODE_START(name)`, `ENTRY(name)`), or at a label that the assembler keeps. A symbol that
/// runs into the next label leads to it.
final class EntryAssembly {
  /// A symbol.
  ///
  /// @param line where it begins
  /// @param uses names in its instructions, each once, in order
  record Symbol(String name, int line, Set<String> uses) {}

  private static final int MAX_LINE = 4096;
  private static final int MAX_USES = 4096;
  private static final int MAX_SYMBOLS = 10_000;

  private static final Pattern START =
      Pattern.compile(
          "(?:SYM_\\w*_START\\w*|ENTRY|NESTED|LEAF|_GLOBAL\\w*)\\s*\\(\\s*(\\w+)\\s*[,)].*");
  private static final Pattern END = Pattern.compile("(?:SYM_\\w*_END\\w*|END|ENDPROC)\\s*\\(.*");
  private static final Pattern LABEL = Pattern.compile("([A-Za-z_]\\w*):.*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]+");

  private EntryAssembly() {}

  /// @param possible whether lines under these `#if` conditions are built
  static List<Symbol> read(byte[] file, Predicate<List<String>> possible) {
    List<Symbol> symbols = new ArrayList<>();
    lines(
        file,
        possible,
        line -> {
          Symbol open = symbols.isEmpty() ? null : symbols.getLast();
          Matcher start = START.matcher(line.text);
          Matcher label = LABEL.matcher(line.text);
          if (start.matches() || label.matches()) {
            String name = start.matches() ? start.group(1) : label.group(1);
            if (open != null && !start.matches()) {
              open.uses.add(name);
            }
            if (symbols.size() < MAX_SYMBOLS) {
              symbols.add(new Symbol(name, line.number, new LinkedHashSet<>()));
            }
          } else if (END.matcher(line.text).matches()) {
            // What follows is nobody's until the next symbol begins.
            symbols.add(new Symbol("", line.number, new LinkedHashSet<>()));
          } else if (open != null && !line.text.startsWith(".")) {
            Matcher names = NAME.matcher(line.text);
            while (names.find() && open.uses.size() < MAX_USES) {
              open.uses.add(names.group());
            }
          }
        });
    symbols.removeIf(symbol -> symbol.name.isEmpty());
    return symbols;
  }

  /// The line that is this text but for spaces and comments; 0 when there is none.
  ///
  /// @param text without spaces
  static int find(byte[] file, String text, Predicate<List<String>> possible) {
    int[] found = new int[1];
    lines(
        file,
        possible,
        line -> {
          if (found[0] == 0 && EntryRules.withoutSpaces(line.text).equals(text)) {
            found[0] = line.number;
          }
        });
    return found[0];
  }

  private record Line(String text, int number) {}

  /// Lines of code without comments, in branches that are built.
  private static void lines(
      byte[] file, Predicate<List<String>> possible, Consumer<Line> consumer) {
    String text = new String(file, StandardCharsets.UTF_8);
    IfStack ifs = new IfStack();
    boolean built = true;
    boolean inComment = false;
    int number = 0;
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      number++;
      StringBuilder code = new StringBuilder();
      int stop = Math.min(end, at + MAX_LINE);
      for (int i = at; i < stop; i++) {
        if (inComment) {
          boolean closes = text.startsWith("*/", i);
          inComment = !closes;
          i += closes ? 1 : 0;
        } else if (text.startsWith("/*", i)) {
          inComment = true;
          i++;
        } else if (text.startsWith("//", i)) {
          break;
        } else {
          code.append(text.charAt(i));
        }
      }
      at = end + 1;
      String line = code.toString().trim();
      if (line.startsWith("#")) {
        ifs.directive(line, 0);
        built = possible.test(ifs.conditions());
      } else if (built && !line.isEmpty()) {
        consumer.accept(new Line(line, number));
      }
    }
  }
}
