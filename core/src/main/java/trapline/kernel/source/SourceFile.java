package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One file of a kernel's source: its functions and macros by name.
final class SourceFile {
  private static final int MAX_NAMES = 1 << 17;

  /// Definitions of one name, as branches of an `#if` have them.
  private static final int MAX_ALTERNATIVES = 8;

  private record Macro(int from, int to, int line) {}

  private final String path;
  private final byte[] text;
  private final Map<String, List<Integer>> functions = new HashMap<>();
  private final Map<String, Macro> macros = new HashMap<>();

  SourceFile(String path, byte[] text) {
    this.path = path;
    this.text = text;
    new FunctionScanner().scan(text, text.length, this::function);
    CLexer lexer = new CLexer(text);
    while (lexer.advance() != CLexer.END && macros.size() < MAX_NAMES) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        macro(lexer);
      }
    }
  }

  String path() {
    return path;
  }

  /// The function that is defined at a line; `null` when none is.
  @Nullable FunctionBody function(String name, int line) {
    return FunctionBody.at(text, name, line);
  }

  /// Every definition of a function in this file.
  List<FunctionBody> functions(String name) {
    List<FunctionBody> bodies = new ArrayList<>();
    for (int line : functions.getOrDefault(name, List.of())) {
      FunctionBody body = FunctionBody.at(text, name, line);
      if (body != null) {
        bodies.add(body);
      }
    }
    return bodies;
  }

  /// The macro of that name; `null` when this file defines none.
  @Nullable FunctionBody macro(String name) {
    Macro macro = macros.get(name);
    return macro == null ? null : FunctionBody.ofMacro(text, macro.from, macro.to, macro.line);
  }

  boolean hasMacro(String name) {
    return macros.containsKey(name);
  }

  private void function(byte[] source, FoundFunction found) {
    if (functions.size() < MAX_NAMES && found.macroStart == found.macroEnd) {
      String name =
          new String(
              source,
              found.nameStart,
              found.nameEnd - found.nameStart,
              StandardCharsets.ISO_8859_1);
      List<Integer> lines = functions.computeIfAbsent(name, key -> new ArrayList<>(1));
      if (lines.size() < MAX_ALTERNATIVES) {
        lines.add(found.line);
      }
    }
  }

  private void macro(CLexer directive) {
    int end = directive.end();
    int at = CText.skipBlanks(text, directive.start() + 1, end);
    int behind = CText.endOfName(text, at, end);
    if (CText.equals(text, at, behind, "define")) {
      int name = CText.skipBlanks(text, behind, end);
      int nameEnd = CText.endOfName(text, name, end);
      if (nameEnd > name && nameEnd - name <= FunctionCollector.MAX_NAME) {
        String key = new String(text, name, nameEnd - name, StandardCharsets.ISO_8859_1);
        macros.put(key, new Macro(directive.start(), end, directive.line()));
      }
    }
  }
}
