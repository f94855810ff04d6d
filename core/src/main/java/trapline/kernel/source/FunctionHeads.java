package trapline.kernel.source;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    for (List<String> row : Resource.rows("function-heads.txt")) {
      String macro = row.getFirst();
      boolean start = macro.endsWith("*");
      (start ? BY_START : EXACT)
          .put(start ? macro.substring(0, macro.length() - 1) : macro, Rule.of(row.get(1)));
    }
    for (List<String> row : Resource.rows("assembly-heads.txt")) {
      ASSEMBLY.put(row.getFirst(), new Rule("", false, "", false, row.get(1).equals("local")));
    }
    for (List<String> row : Resource.rows("annotations.txt")) {
      ANNOTATIONS.add(row.getFirst());
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
  static @Nullable Rule ofAssembly(String macro) {
    return ASSEMBLY.get(macro);
  }
}
