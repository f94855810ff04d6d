package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.kernel.KernelConfig;

/// The configuration that `make defconfig` would give, as far as it is needed to choose between
/// definitions: symbols, defaults, dependencies, selects and choices of the `Kconfig` files
/// (`Documentation/kbuild/kconfig-language.rst`), and an architecture's defconfig as the user's
/// answers. Questions to the compiler (`$(cc-option,…)`) count as answered with yes.
final class Kconfig {
  private static final int MAX_FILES = 20_000;
  private static final int MAX_SOURCE_DEPTH = 32;
  private static final int MAX_SYMBOLS = 200_000;
  private static final int MAX_DEPTH = 400;

  private final Map<String, byte[]> files;
  private final @Nullable Kconfig shared;
  private final Map<String, String> variables;
  private final Map<String, Symbol> symbols = new HashMap<>();
  private final Map<String, Integer> answers = new HashMap<>();
  private final Map<String, Integer> values = new HashMap<>();
  private final Set<String> running = new HashSet<>();
  private int filesRead;

  /// A symbol with all its definitions.
  private static final class Symbol {
    private final List<Entry> entries = new ArrayList<>(1);
    private final List<Reverse> selectedBy = new ArrayList<>(0);
    private final List<Reverse> impliedBy = new ArrayList<>(0);
  }

  private record Reverse(String by, String condition) {}

  private record Default(String value, String condition) {}

  /// One `config X` with its attributes.
  private static final class Entry {
    private final List<String> depends = new ArrayList<>(2);
    private final List<Default> defaults = new ArrayList<>(1);
    private @Nullable String prompt;
    private boolean tristate;
    private @Nullable Choice choice;
  }

  private static final class Choice {
    private final List<String> members = new ArrayList<>();
    private final List<Default> defaults = new ArrayList<>();
  }

  private Kconfig(
      Map<String, byte[]> files, @Nullable Kconfig shared, Map<String, String> variables) {
    this.files = files;
    this.shared = shared;
    this.variables = variables;
  }

  /// What all architectures have in common: read once. It has no values of its own.
  ///
  /// @param files every `Kconfig*` of the tree by path
  static Kconfig common(Map<String, byte[]> files) {
    Kconfig common = new Kconfig(files, null, Map.of());
    common.source("Kconfig", List.of(), 0); // `arch/$(SRCARCH)/Kconfig` names no file yet
    return common;
  }

  /// An architecture's configuration.
  ///
  /// @param files every `Kconfig*` of the tree, and the defconfig, by path
  /// @param common what [#common] has read of the same files
  /// @param folder the directory below `arch/`
  /// @param arch the value of `ARCH`, which is another for some sizes: `sparc64`
  /// @param defconfig the path of the architecture's defconfig
  static Kconfig of(
      Map<String, byte[]> files, Kconfig common, String folder, String arch, String defconfig) {
    Kconfig own = new Kconfig(files, common, Map.of("SRCARCH", folder, "ARCH", arch));
    own.source("arch/" + folder + "/Kconfig", List.of(), 0);
    byte[] text = files.get(defconfig);
    if (text != null) {
      own.answer(new String(text, StandardCharsets.UTF_8));
    }
    // Who asks for the calls of 32-bit programs has a kernel that serves them.
    own.answers.put("COMPAT", 2);
    return own;
  }

  private void answer(String defconfig) {
    for (String line : defconfig.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (line.startsWith("CONFIG_") && equals > 0) {
        String value = line.substring(equals + 1).trim();
        answers.put(line.substring(7, equals), value.equals("y") ? 2 : value.equals("m") ? 1 : 0);
      } else if (line.startsWith("# CONFIG_") && line.trim().endsWith(" is not set")) {
        answers.put(line.substring(9, line.indexOf(' ', 9)), 0);
      }
    }
  }

  /// Whether any symbol was found: without, nothing can be said.
  boolean isEmpty() {
    return symbols.isEmpty() && (shared == null || shared.symbols.isEmpty());
  }

  /// A symbol's parts: the architecture's and the common ones.
  private List<Symbol> symbol(String name) {
    Symbol own = symbols.get(name);
    Symbol common = shared == null ? null : shared.symbols.get(name);
    List<Symbol> parts = new ArrayList<>(2);
    if (own != null) {
      parts.add(own);
    }
    if (common != null) {
      parts.add(common);
    }
    return parts;
  }

  /// @param symbol with its prefix `CONFIG_`
  KernelConfig.Value value(String symbol) {
    return switch (value(symbol.substring("CONFIG_".length()), 0)) {
      case 2 -> KernelConfig.Value.BUILT_IN;
      case 1 -> KernelConfig.Value.MODULE;
      default -> KernelConfig.Value.OFF;
    };
  }

  private int value(String name, int depth) {
    Integer known = values.get(name);
    if (known != null) {
      return known;
    }
    List<Symbol> parts = symbol(name);
    if (parts.isEmpty() || depth > MAX_DEPTH || !running.add(name)) {
      return 0;
    }
    int value = 0;
    for (Symbol part : parts) {
      for (Entry entry : part.entries) {
        value = Math.max(value, entryValue(name, entry, parts, depth));
      }
    }
    for (Symbol part : parts) {
      for (Reverse reverse : part.selectedBy) {
        int by = value(reverse.by, depth + 1);
        if (by > value) {
          value = Math.max(value, Math.min(by, eval(reverse.condition, depth)));
        }
      }
    }
    running.remove(name);
    values.put(name, value);
    return value;
  }

  private int entryValue(String name, Entry entry, List<Symbol> parts, int depth) {
    int allowed = 2;
    for (String depends : entry.depends) {
      allowed = Math.min(allowed, eval(depends, depth));
    }
    if (allowed == 0) {
      return 0;
    }
    int value = 0;
    String prompt = entry.prompt;
    Integer answer = prompt != null && eval(prompt, depth) > 0 ? answers.get(name) : null;
    if (answer != null) {
      value = answer;
    } else if (entry.choice != null) {
      value = name.equals(chosen(entry.choice, depth)) ? 2 : 0;
    } else {
      for (Default candidate : entry.defaults) {
        if (eval(candidate.condition, depth) > 0) {
          value = eval(candidate.value, depth);
          break;
        }
      }
      for (Symbol part : parts) {
        for (Reverse reverse : part.impliedBy) {
          int by = value(reverse.by, depth + 1);
          value = Math.max(value, Math.min(by, eval(reverse.condition, depth)));
        }
      }
    }
    value = Math.min(value, allowed);
    return value == 1 && !entry.tristate ? 2 : value;
  }

  private String chosen(Choice choice, int depth) {
    for (String member : choice.members) {
      if (answers.getOrDefault(member, 0) == 2) {
        return member;
      }
    }
    for (Default candidate : choice.defaults) {
      if (eval(candidate.condition, depth) > 0 && isAllowed(candidate.value, choice, depth)) {
        return candidate.value;
      }
    }
    for (String member : choice.members) {
      if (isAllowed(member, choice, depth)) {
        return member;
      }
    }
    return "";
  }

  /// Whether a member is offered.
  private boolean isAllowed(String member, Choice choice, int depth) {
    for (Symbol part : symbol(member)) {
      for (Entry entry : part.entries) {
        if (entry.choice == choice) {
          String prompt = entry.prompt;
          int allowed = prompt == null ? 0 : eval(prompt, depth + 1);
          for (String depends : entry.depends) {
            allowed = Math.min(allowed, eval(depends, depth + 1));
          }
          return allowed > 0;
        }
      }
    }
    return false;
  }

  private int eval(String expression, int depth) {
    return expression.isEmpty() ? 2 : new Expression(expression, depth).or(0);
  }

  /// `!`, `&&`, `||`, `=`, `!=` over y, m and n (section "Menu dependencies" of the same document).
  private final class Expression {
    private final String text;
    private final int depth;
    private int at;
    private String word = "";

    Expression(String text, int depth) {
      this.text = text;
      this.depth = depth;
    }

    int or(int nesting) {
      int value = and(nesting);
      while (take("||")) {
        value = Math.max(value, and(nesting));
      }
      return value;
    }

    private int and(int nesting) {
      int value = term(nesting);
      while (take("&&")) {
        value = Math.min(value, term(nesting));
      }
      return value;
    }

    private int term(int nesting) {
      blanks();
      if (nesting > 32) {
        at = text.length();
        return 0;
      }
      if (take("!=") || at >= text.length()) {
        return 0;
      }
      if (take("!")) {
        return 2 - term(nesting + 1);
      }
      if (take("(")) {
        int value = or(nesting + 1);
        take(")");
        return value;
      }
      int value = operand();
      String left = word;
      boolean equal = take("=");
      if (equal || take("!=")) {
        int right = operand();
        boolean symbolic = isSymbol(left) || isSymbol(word);
        boolean same = symbolic ? value == right : left.equals(word);
        return same == equal ? 2 : 0;
      }
      return value;
    }

    private boolean isSymbol(String name) {
      return !symbol(name).isEmpty() || name.equals("y") || name.equals("n") || name.equals("m");
    }

    private int operand() {
      blanks();
      int start = at;
      if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
        int end = text.indexOf(text.charAt(at), at + 1);
        end = end < 0 ? text.length() : end;
        word = expand(text.substring(start + 1, end));
        at = Math.min(text.length(), end + 1);
        return word.equals("y") ? 2 : word.equals("m") ? 1 : 0;
      }
      if (text.startsWith("$(", at)) {
        int open = 0;
        do {
          char c = text.charAt(at++);
          open += c == '(' ? 1 : c == ')' ? -1 : 0;
        } while (at < text.length() && (open > 0 || at - start < 2));
        word = expand(text.substring(start, at));
        return word.startsWith("$(") && !isOfLlvm(word) ? 2 : 0;
      }
      while (at < text.length()
          && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
        at++;
      }
      word = text.substring(start, at);
      if (word.isEmpty()) {
        at = text.length();
        return 0;
      }
      return switch (word) {
        case "y" -> 2;
        case "m" -> 1;
        case "n" -> 0;
        default -> value(word, depth + 1);
      };
    }

    /// The tools are taken to be GNU's: `$(success,test "$(cc-name)" = Clang)`.
    private static boolean isOfLlvm(String question) {
      return question.contains("= Clang") || question.contains("= LL");
    }

    private boolean take(String what) {
      blanks();
      if (text.startsWith(what, at)) {
        at += what.length();
        return true;
      }
      return false;
    }

    private void blanks() {
      while (at < text.length() && text.charAt(at) <= ' ') {
        at++;
      }
    }
  }

  private String expand(String text) {
    String out = text;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      out = out.replace("$(" + variable.getKey() + ")", variable.getValue());
    }
    return out;
  }

  /// Reads a file in place of its `source` line.
  private void source(String path, List<String> outer, int depth) {
    byte[] file = files.get(path);
    if (file != null && depth <= MAX_SOURCE_DEPTH && filesRead++ <= MAX_FILES) {
      new Reader(outer, depth).read(new String(file, StandardCharsets.UTF_8));
    }
  }

  private final class Reader {
    private final List<String> conditions;
    private final List<Integer> blocks = new ArrayList<>();
    private final int depth;
    private String name = "";
    private @Nullable Entry entry;
    private @Nullable Choice choice;
    private int helpIndent = -1;
    private boolean inHelp;
    private boolean menuHead;

    Reader(List<String> outer, int depth) {
      this.conditions = new ArrayList<>(outer);
      this.depth = depth;
    }

    void read(String text) {
      int at = 0;
      StringBuilder line = new StringBuilder();
      while (at < text.length()) {
        int end = text.indexOf('\n', at);
        end = end < 0 ? text.length() : end;
        String part = text.substring(at, end);
        at = end + 1;
        if (part.endsWith("\\") && line.length() < 100_000) {
          line.append(part, 0, part.length() - 1).append(' ');
          continue;
        }
        line.append(part);
        if (!help(line.toString())) {
          line(line.toString());
        }
        line.setLength(0);
      }
    }

    private boolean help(String line) {
      if (!inHelp) {
        return false;
      }
      String trimmed = line.trim();
      if (trimmed.isEmpty()) {
        return true;
      }
      int indent = 0;
      for (int i = 0; i < line.length() && line.charAt(i) <= ' '; i++) {
        indent += line.charAt(i) == '\t' ? 8 - indent % 8 : 1;
      }
      if (helpIndent < 0) {
        helpIndent = indent;
      }
      inHelp = indent > 0 && indent >= helpIndent;
      return inHelp;
    }

    private void line(String raw) {
      String line = raw.trim();
      int hash = line.startsWith("#") ? 0 : line.indexOf(" #");
      if (hash >= 0 && line.indexOf('"', hash) < 0) {
        line = line.substring(0, hash).trim();
      }
      if (line.isEmpty()) {
        return;
      }
      int blank = 0;
      while (blank < line.length() && line.charAt(blank) > ' ') {
        blank++;
      }
      String word = line.substring(0, blank);
      String rest = line.substring(blank).trim();
      switch (word) {
        case "config", "menuconfig" -> begin(rest);
        case "choice" -> {
          end();
          choice = new Choice();
        }
        case "endchoice" -> {
          end();
          choice = null;
        }
        case "menu", "if" -> {
          end();
          blocks.add(conditions.size());
          menuHead = word.equals("menu");
          if (!menuHead) {
            conditions.add(rest);
          }
        }
        case "endmenu", "endif" -> {
          end();
          if (!blocks.isEmpty()) {
            int keep = blocks.removeLast();
            while (conditions.size() > keep) {
              conditions.removeLast();
            }
          }
        }
        case "source" -> {
          end();
          Kconfig.this.source(expand(rest.replace("\"", "")), conditions, depth + 1);
        }
        case "comment", "mainmenu" -> end();
        case "help", "---help---" -> {
          inHelp = true;
          helpIndent = -1;
        }
        default -> attribute(word, rest);
      }
    }

    private void end() {
      entry = null;
      menuHead = false;
    }

    private void begin(String symbol) {
      end();
      if (symbols.size() > MAX_SYMBOLS) {
        return;
      }
      name = symbol;
      Entry created = new Entry();
      created.depends.addAll(conditions);
      if (choice != null) {
        created.choice = choice;
        choice.members.add(symbol);
      }
      symbols.computeIfAbsent(symbol, key -> new Symbol()).entries.add(created);
      entry = created;
    }

    private void attribute(String word, String rest) {
      if (word.equals("depends")) {
        String expression = rest.startsWith("on ") ? rest.substring(3).trim() : rest;
        if (entry != null) {
          entry.depends.add(expression);
        } else if (menuHead) {
          conditions.add(expression);
        }
        return;
      }
      int at = conditionAt(rest);
      String value = at < 0 ? rest : rest.substring(0, at).trim();
      String condition = at < 0 ? "" : rest.substring(at + 3).trim();
      if (entry == null) {
        if (word.equals("default") && choice != null) {
          choice.defaults.add(new Default(value, condition));
        }
        return;
      }
      switch (word) {
        case "bool", "tristate", "prompt" -> {
          entry.tristate |= word.equals("tristate");
          if (!value.isEmpty()) {
            entry.prompt = condition;
          }
        }
        case "def_bool", "def_tristate", "default" -> {
          entry.tristate |= word.equals("def_tristate");
          entry.defaults.add(new Default(value, condition));
        }
        case "select" ->
            symbols
                .computeIfAbsent(value, key -> new Symbol())
                .selectedBy
                .add(new Reverse(name, condition));
        case "imply" ->
            symbols
                .computeIfAbsent(value, key -> new Symbol())
                .impliedBy
                .add(new Reverse(name, condition));
        default -> {}
      }
    }

    /// Where ` if ` stands outside quotes, or -1.
    private static int conditionAt(String text) {
      boolean quoted = false;
      for (int i = 0; i + 2 < text.length(); i++) {
        char c = text.charAt(i);
        quoted ^= c == '"';
        if (!quoted
            && text.startsWith("if", i)
            && (i == 0 || text.charAt(i - 1) <= ' ' || text.charAt(i - 1) == '"')
            && (text.charAt(i + 2) <= ' ' || text.charAt(i + 2) == '(')) {
          return i > 0 ? i - 1 : 0;
        }
      }
      return -1;
    }
  }
}
