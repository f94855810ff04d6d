package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trapline.kernel.Condition;
import trapline.kernel.EntryPath;
import trapline.kernel.EntryPath.Stage;
import trapline.kernel.KernelConfig;
import trapline.kernel.source.SourceScanner.Function;
import trapline.model.Abi;
import trapline.model.Place;

/// Finds the way from the trap to the dispatch in an x86 kernel's source: the entry points that the
/// kernel gives the processor (`MSR_LSTAR` in `arch/x86/kernel/cpu/common.c`, vector 0x80 in
/// `arch/x86/kernel/idt.c`), then what the assembly and C functions of `arch/x86/entry` call, down
/// to the ABI's dispatch.
final class EntryPathFinder {
  private static final int MAX_LINE = 4096;

  /// The dispatch of each ABI: a function with a `switch` since 6.9, a table before.
  private static List<String> dispatches(Abi abi) {
    return switch (abi) {
      case X86_64 -> List.of("x64_sys_call", "sys_call_table");
      case X32 -> List.of("x32_sys_call", "x32_sys_call_table");
      case I386 -> List.of("ia32_sys_call", "ia32_sys_call_table");
    };
  }

  /// Where the macro stands that pastes the prefix onto a table's entry points.
  private static String tableFile(Abi abi) {
    return switch (abi) {
      case X86_64 -> "arch/x86/entry/syscall_64.c";
      case X32 -> "arch/x86/entry/syscall_x32.c";
      case I386 -> "arch/x86/entry/syscall_32.c";
    };
  }

  private record Node(Stage stage, boolean inlined, Collection<String> uses) {}

  private final Map<String, byte[]> files;
  private final KernelConfig config;
  private final Map<String, Node> nodes = new HashMap<>();

  /// @param files the files of [#wanted] by path
  /// @param kbuild decides which of them belong to a 64-bit kernel
  /// @param config decides between `#if` branches
  EntryPathFinder(Map<String, byte[]> files, Kbuild kbuild, KernelConfig config) {
    this.files = files;
    this.config = config;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String path = file.getKey();
      if (!path.startsWith("arch/x86/entry/") || !builtFor64(kbuild, path)) {
        continue;
      }
      if (path.endsWith(".S")) {
        assembly(path, file.getValue());
      } else if (path.endsWith(".c")) {
        for (Function function : SourceScanner.scan(path, file.getValue(), true).functions()) {
          if (possible(function.conditions())) {
            nodes.putIfAbsent(
                function.name(),
                new Node(
                    new Stage(function.name(), function.place()),
                    function.inlined(),
                    function.body()));
          }
        }
      }
    }
    byte[] idtEntries = files.get("arch/x86/include/asm/idtentry.h");
    if (idtEntries != null) {
      idtEntries("arch/x86/include/asm/idtentry.h", idtEntries);
    }
  }

  /// Whether this class needs the file.
  static boolean wanted(String path) {
    return (path.startsWith("arch/x86/entry/") && (path.endsWith(".S") || path.endsWith(".c")))
        || path.equals("arch/x86/kernel/cpu/common.c")
        || path.equals("arch/x86/kernel/idt.c")
        || path.equals("arch/x86/include/asm/idtentry.h");
  }

  /// From the trap to the dispatch; without stages when the source does not show the way.
  EntryPath path(Abi abi) {
    String start =
        abi == Abi.I386
            ? firstUse("arch/x86/kernel/idt.c", "IA32_SYSCALL_VECTOR", "")
            : firstUse("arch/x86/kernel/cpu/common.c", "MSR_LSTAR", "entry_");
    for (String dispatch : dispatches(abi)) {
      List<Stage> stages = search(start, dispatch);
      if (!stages.isEmpty()) {
        return new EntryPath(stages);
      }
    }
    return new EntryPath(List.of());
  }

  /// What the dispatch puts before an entry point's name, such as `__x64_`: the text before
  /// `##sym` in the first macro of the table's file.
  Optional<String> prefix(Abi abi) {
    byte[] file = files.get(tableFile(abi));
    if (file == null) {
      return Optional.empty();
    }
    CLexer lexer = new CLexer(file);
    while (lexer.advance() != CLexer.END) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        String text = lexer.joined(lexer.start(), Math.min(lexer.end(), lexer.start() + MAX_LINE));
        int paste = text.indexOf("##sym");
        if (paste > 0 && text.contains("define __SYSCALL")) {
          int from = paste;
          while (from > 0 && isNamePart(text.charAt(from - 1))) {
            from--;
          }
          return Optional.of(text.substring(from, paste));
        }
      }
    }
    return Optional.empty();
  }

  /// Breadth first, so that the shortest way is found.
  private List<Stage> search(String start, String dispatch) {
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
        stages.addFirst(new Stage(node.stage.symbol(), node.stage.place(), node.inlined));
      }
      at = cameFrom.getOrDefault(at, "");
    }
    return stages;
  }

  /// The name after `marker` in the same statement or initializer, in a branch that can be built.
  private String firstUse(String path, String marker, String prefix) {
    byte[] file = files.get(path);
    if (file == null) {
      return "";
    }
    CLexer lexer = new CLexer(file);
    IfStack ifs = new IfStack();
    int after = 0;
    while (lexer.advance() != CLexer.END) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        ifs.directive(lexer.joined(lexer.start(), lexer.end()), 0);
      } else if (lexer.is(marker)) {
        after = 16;
      } else if (lexer.is(';')) {
        after = 0;
      } else if (after > 0) {
        after--;
        if (lexer.kind() == CLexer.NAME && lexer.startsWith(prefix) && possible(ifs.conditions())) {
          return lexer.text();
        }
      }
    }
    return "";
  }

  /// `DECLARE_IDTENTRY_RAW(vector, function)` makes the assembly symbol `asm_function`.
  private void idtEntries(String path, byte[] file) {
    CLexer lexer = new CLexer(file);
    while (lexer.advance() != CLexer.END) {
      if (lexer.startsWith("DECLARE_IDTENTRY")) {
        int line = lexer.line();
        String last = "";
        while (lexer.advance() != CLexer.END && !lexer.is(')') && !lexer.is(';')) {
          last = lexer.kind() == CLexer.NAME ? lexer.text() : last;
        }
        String symbol = "asm_" + last;
        nodes.putIfAbsent(
            symbol, new Node(new Stage(symbol, new Place(path, line)), false, List.of(last)));
      }
    }
  }

  /// Symbols between `SYM_CODE_START(name)` and `SYM_CODE_END(name)` (`include/linux/linkage.h`),
  /// with the names that follow `call` and `jmp`.
  private void assembly(String path, byte[] file) {
    String text = new String(file, StandardCharsets.UTF_8);
    List<String> uses = null;
    IfStack ifs = new IfStack();
    int line = 0;
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      line++;
      String content = text.substring(at, Math.min(end, at + MAX_LINE)).trim();
      at = end + 1;
      if (content.startsWith("#")) {
        ifs.directive(content, 0);
      } else if ((content.startsWith("SYM_") && content.contains("_START"))
          || content.startsWith("ENTRY(")) {
        int open = content.indexOf('(');
        int close = content.indexOf(')', Math.max(open, 0));
        uses = null;
        if (open > 0 && close > 0 && possible(ifs.conditions())) {
          String name = content.substring(open + 1, close).trim();
          uses = new ArrayList<>();
          nodes.putIfAbsent(name, new Node(new Stage(name, new Place(path, line)), false, uses));
        }
      } else if (uses != null && (content.startsWith("call") || content.startsWith("jmp"))) {
        String target = operand(content);
        if (!target.isEmpty() && uses.size() < 4096) {
          uses.add(target);
        }
      }
    }
  }

  private static String operand(String content) {
    int from = content.startsWith("call") ? 4 : 3;
    while (from < content.length() && content.charAt(from) <= ' ') {
      from++;
    }
    int to = from;
    while (to < content.length() && isNamePart(content.charAt(to))) {
      to++;
    }
    return content.substring(from, to);
  }

  private boolean builtFor64(Kbuild kbuild, String path) {
    Optional<List<String>> gates = kbuild.gates(path);
    return gates.isPresent() && possible(gates.get());
  }

  private boolean possible(List<String> conditions) {
    return Condition.isPossible(conditions, config);
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
