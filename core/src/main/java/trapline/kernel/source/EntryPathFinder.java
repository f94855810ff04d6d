package trapline.kernel.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trapline.kernel.Condition;
import trapline.kernel.EntryPath;
import trapline.kernel.EntryPath.Stage;
import trapline.kernel.Gap;
import trapline.kernel.KernelConfig;
import trapline.kernel.source.SourceScanner.Function;
import trapline.model.Abi;
import trapline.model.Place;

/// Finds the ways from the trap to the dispatch in one architecture's source: from the entry points
/// that the kernel gives the processor, through what the assembly and C functions name, down to the
/// ABI's dispatch. Start, end and what macros hide are [EntryRules].
final class EntryPathFinder {
  private static final String IDT_ENTRIES = "arch/x86/include/asm/idtentry.h";

  private record Node(Stage stage, Collection<String> uses) {}

  private final Map<String, byte[]> files;
  private final String architecture;
  private final KernelConfig config;
  private final Map<String, Node> nodes = new HashMap<>();
  private final List<Gap> gaps = new ArrayList<>();

  /// @param files the files of [#wanted] by path
  /// @param architecture the directory under `arch/`
  /// @param kbuild decides which of them belong to the kernel
  /// @param config decides between `#if` branches
  EntryPathFinder(
      Map<String, byte[]> files, String architecture, Kbuild kbuild, KernelConfig config) {
    this.files = files;
    this.architecture = architecture;
    this.config = config;
    // Of two that define one name, the first by path counts, in every run.
    for (String path : new java.util.TreeSet<>(files.keySet())) {
      if (EntryRules.all().isStages(architecture, path) && isBuilt(kbuild, path)) {
        read(path, files.getOrDefault(path, new byte[0]));
      }
    }
    byte[] idtEntries = files.get(IDT_ENTRIES);
    if (idtEntries != null && architecture.equals("x86")) {
      idtEntries(idtEntries);
    }
  }

  /// Whether this class needs the file.
  static boolean wanted(String path) {
    return EntryRules.all().wants(path);
  }

  /// The ways that an ABI's callers have, as many as the rules know; one that the source does not
  /// show has no stages, and is one of [#gaps].
  List<EntryPath> paths(Abi abi) {
    List<EntryPath> paths = new ArrayList<>();
    Map<String, Node> known = withLines(abi);
    for (EntryRules.Path rule : EntryRules.all().paths(abi)) {
      String start = rule.start().isEmpty() ? firstUse(rule) : rule.start();
      List<Stage> stages = List.of();
      for (String end : rule.ends()) {
        stages = stages.isEmpty() ? search(known, start, end) : stages;
      }
      if (stages.isEmpty()) {
        String from = start.isEmpty() ? rule.startText() : start;
        gaps.add(
            new Gap(
                place(known, start, rule),
                "the way of "
                    + abi.label()
                    + " calls by "
                    + rule.instruction()
                    + " was not found: nothing leads from "
                    + from
                    + " to "
                    + rule.ends().getFirst()));
      }
      paths.add(new EntryPath(rule.instruction(), stages));
    }
    return paths;
  }

  private Place place(Map<String, Node> known, String start, EntryRules.Path rule) {
    Node node = known.get(start);
    if (node != null) {
      return node.stage.place();
    }
    return new Place(
        rule.startFile().isEmpty() ? "arch/" + architecture + "/kernel" : rule.startFile(), 0);
  }

  /// What was not found so far.
  List<Gap> gaps() {
    return gaps;
  }

  /// The stages with what macros make for one numbering.
  private Map<String, Node> withLines(Abi abi) {
    Map<String, Node> all = new HashMap<>(nodes);
    for (EntryRules.Line rule : EntryRules.all().lines(architecture)) {
      byte[] file = files.get(rule.file());
      if (file == null || !(rule.label().isEmpty() || rule.label().equals(abi.label()))) {
        continue;
      }
      int line = EntryAssembly.find(file, rule.text(), this::isPossible);
      Node from = all.get(rule.name());
      if (line > 0 && rule.makes()) {
        Place place = new Place(rule.file(), line);
        all.put(rule.name(), new Node(new Stage(rule.name(), place), rule.uses()));
      } else if (line > 0 && from != null) {
        Collection<String> uses = new LinkedHashSet<>(from.uses);
        uses.addAll(rule.uses());
        all.put(rule.name(), new Node(from.stage, uses));
      }
    }
    return all;
  }

  /// Breadth first, so that the shortest way is found.
  private static List<Stage> search(Map<String, Node> nodes, String start, String dispatch) {
    if (!nodes.containsKey(start) || !nodes.containsKey(dispatch)) {
      return List.of();
    }
    Map<String, String> cameFrom = new HashMap<>();
    ArrayDeque<String> queue = new ArrayDeque<>(List.of(start));
    cameFrom.put(start, "");
    while (!queue.isEmpty() && !cameFrom.containsKey(dispatch)) {
      String at = queue.poll();
      Node node = nodes.get(at);
      for (String use : node == null ? List.<String>of() : node.uses) {
        if (nodes.containsKey(use) && cameFrom.putIfAbsent(use, at) == null) {
          queue.add(use);
        }
      }
    }
    List<Stage> stages = new ArrayList<>();
    String at = cameFrom.containsKey(dispatch) ? dispatch : "";
    while (!at.isEmpty()) {
      Node node = nodes.get(at);
      if (node != null) {
        stages.addFirst(node.stage);
      }
      at = cameFrom.getOrDefault(at, "");
    }
    return stages;
  }

  /// The name after a marker in the same statement or initializer, in a branch that can be built.
  private String firstUse(EntryRules.Path rule) {
    byte[] file = files.get(rule.startFile());
    if (file == null) {
      return "";
    }
    CLexer lexer = new CLexer(file);
    IfStack ifs = new IfStack();
    int after = 0;
    while (lexer.advance() != CLexer.END) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        ifs.directive(lexer.joined(lexer.start(), lexer.end()), 0);
      } else if (lexer.kind() == CLexer.NAME && rule.markers().stream().anyMatch(lexer::is)) {
        after = 16;
      } else if (lexer.is(';')) {
        after = 0;
      } else if (after > 0) {
        after--;
        if (lexer.kind() == CLexer.NAME
            && lexer.startsWith(rule.prefix())
            && isPossible(ifs.conditions())) {
          return lexer.text();
        }
      }
    }
    return "";
  }

  private void read(String path, byte[] file) {
    if (path.endsWith(".S")) {
      EntryAssembly.read(file, this::isPossible)
          .forEach(found -> add(path, found.name(), found.line(), false, found.uses()));
    } else if (!path.equals(IDT_ENTRIES)) {
      for (Function function : SourceScanner.scan(path, file, true).functions()) {
        if (isPossible(function.conditions())) {
          add(path, function.name(), function.place().line(), function.inlined(), function.body());
        }
      }
    }
  }

  private void add(String path, String name, int line, boolean inlined, Collection<String> uses) {
    nodes.putIfAbsent(name, new Node(new Stage(name, new Place(path, line), inlined), uses));
  }

  /// `DECLARE_IDTENTRY_RAW(vector, function)` makes the assembly symbol `asm_function`.
  private void idtEntries(byte[] file) {
    CLexer lexer = new CLexer(file);
    while (lexer.advance() != CLexer.END) {
      if (lexer.startsWith("DECLARE_IDTENTRY")) {
        int line = lexer.line();
        String last = "";
        while (lexer.advance() != CLexer.END && !lexer.is(')') && !lexer.is(';')) {
          last = lexer.kind() == CLexer.NAME ? lexer.text() : last;
        }
        add(IDT_ENTRIES, "asm_" + last, line, false, List.of(last));
      }
    }
  }

  /// A file that no makefile names is built with whatever includes it, when a rule names it.
  private boolean isBuilt(Kbuild kbuild, String path) {
    Optional<List<String>> gates = kbuild.gates(path);
    return gates.isPresent() ? isPossible(gates.get()) : EntryRules.all().names(path);
  }

  private boolean isPossible(List<String> conditions) {
    return Condition.isPossible(conditions, config);
  }
}
