package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Tells what the kernel's build asks for before it compiles a file, out of the `obj-y`,
/// `obj-$(CONFIG_X)` and composite-object lists in its makefiles
/// (`Documentation/kbuild/makefiles.rst`).
///
/// A condition is a list of terms that must all hold, each an expression for [Condition].
final class Kbuild {
  /// Terms in one conjunction, conjunctions of one object, objects of one makefile.
  private static final int MAX_TERMS = 64;

  private static final int MAX_ALTERNATIVES = 16;
  private static final int MAX_NESTING = 32;
  private static final int MAX_ASSIGNMENTS = 20_000;
  private static final int MAX_ITEMS = 5_000;
  private static final int MAX_TERM = 2_000;

  /// Lists that hold what is built, other than `obj-`: of the top makefile and those of
  /// architectures.
  private static final Set<String> OBJECT_LISTS =
      Set.of("obj", "lib", "core", "drivers", "libs", "net", "virt", "init", "head");

  private final Map<String, byte[]> makefiles;
  private final String arch;
  private final int bits;
  private final Map<String, Lists> parsed = new HashMap<>();
  private final Map<String, Optional<List<String>>> folders = new HashMap<>();

  /// @param makefiles every `Makefile` and `Kbuild` of the tree by its path
  /// @param arch the directory below `arch/`
  /// @param bits the size of a word of the kernel that is built
  Kbuild(Map<String, byte[]> makefiles, String arch, int bits) {
    this.bits = bits;
    this.makefiles = makefiles;
    this.arch = arch;
  }

  /// What must hold for the file to be compiled, outermost directory first.
  ///
  /// @return empty when no makefile on the way from the top names it
  Optional<List<String>> gates(String file) {
    int slash = file.lastIndexOf('/');
    if (slash < 0 || !(file.endsWith(".c") || file.endsWith(".S"))) {
      return Optional.empty();
    }
    String object = file.substring(0, file.length() - 2) + ".o";
    // A makefile may name objects of a directory that has none of its own: kvm-amd-y += svm/svm.o
    for (int at = slash; at > 0; at = file.lastIndexOf('/', at - 1)) {
      String folder = file.substring(0, at);
      Set<List<String>> ways = waysTo(folder, object.substring(at + 1), 0);
      Optional<List<String>> above = ways.isEmpty() ? Optional.empty() : folderGates(folder, 0);
      if (above.isPresent()) {
        List<String> terms = new ArrayList<>(above.get());
        add(terms, ways);
        return Optional.of(List.copyOf(new LinkedHashSet<>(terms)));
      }
      if (has(folder)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean has(String folder) {
    return makefiles.containsKey(folder + "/Makefile") || makefiles.containsKey(folder + "/Kbuild");
  }

  /// Follows the directory up to the top, whichever makefile above it names it.
  private Optional<List<String>> folderGates(String folder, int nesting) {
    if (folder.isEmpty()) {
      return Optional.of(List.of());
    }
    if (nesting > MAX_NESTING) {
      return Optional.empty();
    }
    Optional<List<String>> known = folders.get(folder);
    if (known == null) {
      known = searchFolder(folder, nesting);
      folders.put(folder, known);
    }
    return known;
  }

  private Optional<List<String>> searchFolder(String folder, int nesting) {
    String parent = folder;
    while (!parent.isEmpty()) {
      int slash = parent.lastIndexOf('/');
      parent = slash < 0 ? "" : parent.substring(0, slash);
      String item = parent.isEmpty() ? folder + "/" : folder.substring(parent.length() + 1) + "/";
      Set<List<String>> ways = new LinkedHashSet<>(waysTo(parent, item, 0));
      if (ways.isEmpty() && parent.equals("arch/" + arch)) {
        ways.addAll(waysTo(parent, folder + "/", 0)); // arch makefiles name folders from the top
      }
      if (ways.isEmpty() && parent.isEmpty() && folder.equals("arch/" + arch)) {
        ways.addAll(waysTo(folder, folder + "/", 0)); // before 5.18 it names itself
      }
      Optional<List<String>> above =
          ways.isEmpty() ? Optional.empty() : folderGates(parent, nesting + 1);
      if (above.isPresent()) {
        List<String> terms = new ArrayList<>(above.get());
        add(terms, ways);
        return Optional.of(terms);
      }
    }
    return Optional.empty();
  }

  private static void add(List<String> terms, Set<List<String>> ways) {
    for (List<String> way : ways) {
      if (way.isEmpty()) {
        return; // unconditional one way
      }
    }
    if (ways.size() == 1) {
      terms.addAll(ways.iterator().next());
      return;
    }
    StringBuilder out = new StringBuilder();
    for (List<String> way : ways) {
      String text = String.join(" && ", way);
      out.append(out.isEmpty() ? "" : " || ").append(way.size() > 1 ? "(" + text + ")" : text);
    }
    terms.add(out.toString());
  }

  /// The conditions under which the directory's makefile builds an object or enters a directory.
  private Set<List<String>> waysTo(String folder, String item, int nesting) {
    Set<List<String>> ways = new LinkedHashSet<>();
    if (nesting > 4) {
      return ways;
    }
    Lists lists = lists(folder);
    for (Way way : lists.waysTo(item)) {
      if (ways.size() >= MAX_ALTERNATIVES) {
        break;
      }
      if (OBJECT_LISTS.contains(way.stem)) {
        ways.add(way.terms);
      } else if (item.endsWith(".o") && !item.equals(way.stem + ".o")) {
        for (List<String> whole : waysTo(folder, way.stem + ".o", nesting + 1)) {
          List<String> both = new ArrayList<>(whole);
          both.addAll(way.terms);
          ways.add(List.copyOf(new LinkedHashSet<>(both)));
        }
      }
    }
    return ways;
  }

  private Lists lists(String folder) {
    Lists known = parsed.get(folder);
    if (known != null) {
      return known;
    }
    Lists lists = new Lists(arch, bits, folder.isEmpty());
    String prefix = folder.isEmpty() ? "" : folder + "/";
    byte[] kbuild = makefiles.get(prefix + "Kbuild");
    byte[] makefile = makefiles.get(prefix + "Makefile");
    boolean own = folder.isEmpty() || folder.equals("arch/" + arch);
    if (kbuild != null) {
      lists.read(kbuild);
    }
    if (makefile != null && (kbuild == null || own)) {
      lists.read(makefile);
    }
    parsed.put(folder, lists);
    return lists;
  }

  /// A word of a list with what must hold for it to stand there.
  private record Item(String name, List<String> terms) {}

  /// A list that a word stands in, and what must hold for that.
  private record Way(String stem, List<String> terms) {}

  /// The lists of one makefile: `obj-y` and `obj-$(CONFIG_X)` are the list `obj`.
  private static final class Lists {
    private final Map<String, List<Item>> byStem = new HashMap<>();
    private final String arch;
    private final int bits;
    private final boolean top;
    private final List<String> ifs = new ArrayList<>();
    private int assignments;

    /// The same by word; made when the makefile was read.
    private final Map<String, List<Way>> byName = new HashMap<>();

    /// @param top whether it is the top makefile, which asks how make was called: that is no
    ///     condition of a kernel's
    Lists(String arch, int bits, boolean top) {
      this.bits = bits;
      this.top = top;
      this.arch = arch;
    }

    List<Way> waysTo(String name) {
      if (byName.isEmpty()) {
        byStem.forEach(
            (stem, items) -> {
              for (Item item : items) {
                byName
                    .computeIfAbsent(item.name, key -> new ArrayList<>())
                    .add(new Way(stem, item.terms));
              }
            });
      }
      return byName.getOrDefault(name, List.of());
    }

    void read(byte[] makefile) {
      String text = new String(makefile, StandardCharsets.UTF_8);
      ifs.clear();
      int at = 0;
      while (at < text.length()) {
        StringBuilder line = new StringBuilder();
        boolean more = true;
        while (more && at < text.length()) {
          int end = text.indexOf('\n', at);
          end = end < 0 ? text.length() : end;
          String part = text.substring(at, end);
          at = end + 1;
          more = part.endsWith("\\") && line.length() < 100_000;
          line.append(more ? part.substring(0, part.length() - 1) : part).append(' ');
        }
        line(line.toString());
      }
    }

    private void line(String raw) {
      int hash = raw.indexOf('#');
      String line = (hash < 0 ? raw : raw.substring(0, hash)).trim();
      if (line.isEmpty() || conditional(line)) {
        return;
      }
      int equals = line.indexOf('=');
      if (equals <= 0 || assignments++ > MAX_ASSIGNMENTS) {
        return;
      }
      int nameEnd = equals;
      boolean append = line.charAt(equals - 1) == '+';
      while (nameEnd > 0 && "+:?".indexOf(line.charAt(nameEnd - 1)) >= 0) {
        nameEnd--;
      }
      String name = line.substring(0, nameEnd).trim();
      if (name.indexOf(' ') < 0 || name.startsWith("obj-$(")) { // else a line of a recipe
        assign(name, append, line.substring(equals + 1).trim());
      }
    }

    private boolean conditional(String line) {
      if (line.startsWith("ifdef ") || line.startsWith("ifndef ")) {
        String name = line.substring(line.indexOf(' ') + 1).trim();
        String term = name.startsWith("CONFIG_") ? name : "MAKE(" + name + ")";
        push(line.startsWith("ifdef ") ? term : IfStack.not(term));
      } else if (line.startsWith("ifeq") || line.startsWith("ifneq")) {
        String term = comparison(line.substring(line.startsWith("ifeq") ? 4 : 5).trim());
        push(line.startsWith("ifeq") ? term : IfStack.not(term));
      } else if (line.equals("else") || line.startsWith("else ")) {
        if (!ifs.isEmpty()) {
          String refused = IfStack.not(ifs.removeLast());
          String rest = line.substring(4).trim();
          if (rest.isEmpty()) {
            ifs.add(refused);
          } else {
            int before = ifs.size();
            conditional(rest);
            if (ifs.size() > before) {
              push(refused + " && " + ifs.removeLast());
            } else {
              ifs.add(refused);
            }
          }
        }
      } else if (line.equals("endif")) {
        if (!ifs.isEmpty()) {
          ifs.removeLast();
        }
      } else {
        return false;
      }
      return true;
    }

    private void push(String term) {
      if (ifs.size() < MAX_NESTING) {
        ifs.add(term.length() <= MAX_TERM ? term : "MAKE(too long)");
      }
    }

    /// `($(CONFIG_X),y)` and its kin as an expression.
    private String comparison(String text) {
      int comma = text.indexOf(',');
      if (text.startsWith("(") && text.endsWith(")") && comma > 0) {
        String left = text.substring(1, comma).trim();
        String right = text.substring(comma + 1, text.length() - 1).trim();
        String symbol = symbol(left);
        if (!symbol.isEmpty()) {
          switch (right) {
            case "y" -> {
              return "defined(" + symbol + ")";
            }
            case "m" -> {
              return "IS_MODULE(" + symbol + ")";
            }
            case "" -> {
              return "!" + symbol;
            }
            default -> {}
          }
        }
        if (left.equals("$(BITS)") || left.equals("$(SRCARCH)") || left.equals("$(ARCH)")) {
          return expand(left).equals(right) ? "1" : "0";
        }
      }
      return "MAKE" + (text.startsWith("(") ? text : "(" + text + ")");
    }

    /// The `CONFIG_X` of `$(CONFIG_X)` or `$(subst m,y,$(CONFIG_X))`; empty for anything else.
    private static String symbol(String text) {
      String inner = text;
      if (inner.startsWith("$(subst m,y,") && inner.endsWith(")")) {
        inner = inner.substring(12, inner.length() - 1);
      }
      if (inner.startsWith("$(CONFIG_") && inner.indexOf(')') == inner.length() - 1) {
        return inner.substring(2, inner.length() - 1);
      }
      return "";
    }

    private void assign(String name, boolean append, String value) {
      int dash = name.indexOf('-');
      while (dash >= 0 && !isSelector(name.substring(dash + 1))) {
        dash = name.indexOf('-', dash + 1);
      }
      if (dash <= 0) {
        return;
      }
      String stem = name.substring(0, dash);
      String selector = name.substring(dash + 1);
      List<String> terms = new ArrayList<>(ifs);
      if (top) {
        terms.removeIf(term -> term.contains("MAKE("));
      }
      String symbol = symbol(selector);
      if (!symbol.isEmpty()) {
        terms.add(symbol);
      } else if (selector.startsWith("$(")) {
        terms.add("MAKE" + selector.substring(1));
      }
      List<Item> items = byStem.computeIfAbsent(stem, key -> new ArrayList<>());
      if (!append) {
        replaced(items, terms);
      }
      for (String word : words(value)) {
        if (word.startsWith("$(") && word.endsWith("-y)")) {
          String other = word.substring(2, word.length() - 3);
          for (Item item : List.copyOf(byStem.getOrDefault(other, List.of()))) {
            List<String> both = new ArrayList<>(terms);
            both.addAll(item.terms);
            put(items, item.name, both);
          }
        } else if (word.startsWith("$(addprefix ") && word.indexOf(',') > 0) {
          int comma = word.indexOf(',');
          String prefix = word.substring(12, comma).trim();
          int end = word.endsWith(")") ? word.length() - 1 : word.length(); // cut off
          for (String each : words(word.substring(comma + 1, end))) {
            put(items, expand(prefix + each), terms);
          }
        } else {
          put(items, expand(word), terms);
        }
      }
    }

    /// What a list held before `:=` stays only where the assignment's condition does not hold.
    private static void replaced(List<Item> items, List<String> terms) {
      if (terms.isEmpty()) {
        items.clear();
        return;
      }
      String no =
          terms.size() == 1
              ? IfStack.not(terms.getFirst())
              : "!(" + String.join(" && ", terms) + ")";
      items.replaceAll(
          item -> {
            List<String> changed = new ArrayList<>(item.terms);
            if (changed.size() < MAX_TERMS && !changed.contains(no)) {
              changed.add(no);
            }
            return new Item(item.name, List.copyOf(changed));
          });
    }

    private static void put(List<Item> items, String name, List<String> terms) {
      if (items.size() < MAX_ITEMS && terms.size() <= MAX_TERMS) {
        items.add(new Item(name, List.copyOf(terms)));
      }
    }

    private String expand(String word) {
      return word.replace("$(SRCARCH)", arch)
          .replace("$(ARCH)", arch)
          .replace("$(BITS)", Integer.toString(bits))
          .replace("$(obj)/", "")
          .replace("$(src)/", "");
    }

    /// `y`, `m`, `objs` or an expansion: what follows the dash of a list's name.
    private static boolean isSelector(String text) {
      return text.equals("y")
          || text.equals("m")
          || text.equals("objs")
          || (text.startsWith("$(") && text.endsWith(")"));
    }

    /// Splits at blanks outside parentheses.
    private static List<String> words(String text) {
      List<String> words = new ArrayList<>();
      int open = 0;
      int from = -1;
      for (int i = 0; i <= text.length(); i++) {
        char c = i < text.length() ? text.charAt(i) : ' ';
        if ((c <= ' ' && open == 0) || i == text.length()) {
          if (from >= 0) {
            words.add(text.substring(from, i));
          }
          from = -1;
        } else {
          open += c == '(' ? 1 : c == ')' && open > 0 ? -1 : 0;
          from = from < 0 ? i : from;
        }
      }
      return words;
    }
  }
}
