package trapline.kernel.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What is known by name of the macros around functions: those that head one, and those that only
/// annotate one (`function-heads.txt`, `annotations.txt`, `assembly-heads.txt`).
final class FunctionHeads {
  /// How a macro names the function that it heads.
  ///
  /// @param prefix before the first argument
  /// @param twoArguments whether the second argument follows, behind an underscore
  /// @param suffix behind the arguments
  /// @param none whether the macro heads no function
  /// @param local in assembly source: whether the symbol is a local one
  record Rule(String prefix, boolean twoArguments, String suffix, boolean none, boolean local) {
    static final Rule FIRST_ARGUMENT = new Rule("", false, "", false, false);

    static Rule of(String name) {
      int at = name.indexOf("$1");
      if (at < 0) {
        return new Rule("", false, "", true, false);
      }
      boolean two = name.startsWith("_$2", at + 2);
      return new Rule(name.substring(0, at), two, name.substring(at + (two ? 5 : 2)), false, false);
    }
  }

  private static final Map<String, Rule> EXACT = new HashMap<>();
  private static final Map<String, Rule> BY_START = new HashMap<>();
  private static final Map<String, Rule> ASSEMBLY = new HashMap<>();
  private static final Set<String> ANNOTATIONS = new HashSet<>();

  private static final Set<String> STORAGE =
      Set.of(
          "static",
          "extern",
          "inline",
          "const",
          "volatile",
          "asmlinkage",
          "notrace",
          "noinline",
          "noinline_for_stack",
          "noinstr");

  static {
    for (String[] line : lines("function-heads.txt")) {
      boolean start = line[0].endsWith("*");
      (start ? BY_START : EXACT)
          .put(start ? line[0].substring(0, line[0].length() - 1) : line[0], Rule.of(line[1]));
    }
    for (String[] line : lines("assembly-heads.txt")) {
      ASSEMBLY.put(line[0], new Rule("", false, "", false, line[1].equals("local")));
    }
    for (String[] line : lines("annotations.txt")) {
      ANNOTATIONS.add(line[0]);
    }
  }

  private FunctionHeads() {}

  /// Whether a name with an argument says something about a function and is none.
  static boolean isAnnotation(String name) {
    return ANNOTATIONS.contains(name);
  }

  /// Whether a word before a function's name is no part of its type.
  static boolean isStorage(String word) {
    return STORAGE.contains(word);
  }

  /// How the macro that heads a function in C source names it.
  static Rule ofMacro(String macro) {
    Rule exact = EXACT.get(macro);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, Rule> rule : BY_START.entrySet()) {
      if (macro.startsWith(rule.getKey())) {
        return rule.getValue();
      }
    }
    return Rule.FIRST_ARGUMENT;
  }

  /// @return the rule of a macro that begins a function in assembly source, or `null`
  static @org.jspecify.annotations.Nullable Rule ofAssembly(String macro) {
    return ASSEMBLY.get(macro);
  }

  private static List<String[]> lines(String resource) {
    List<String[]> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(FunctionHeads.class.getResourceAsStream(resource)),
                StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          lines.add(line.split(" "));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
