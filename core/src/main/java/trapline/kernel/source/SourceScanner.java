package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import trapline.bytes.BytePattern;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Place;

/// Finds the entry points of system calls in one C file: definitions by the `SYSCALL_DEFINE`
/// family (`include/linux/syscalls.h`) and as plain functions, prototypes, and the names that
/// `COND_SYSCALL` makes optional (`kernel/sys_ni.c`).
///
/// Only the file's outermost level is looked at: braces are matched, and those in both branches of
/// an `#else` count once.
final class SourceScanner {
  /// What one file holds, in the file's order. Gates of definitions are still empty.
  ///
  /// @param optional entry points named by `COND_SYSCALL` and `COND_SYSCALL_COMPAT`
  /// @param functions functions defined at the outermost level; empty unless asked for
  record Found(
      List<SyscallDefinition> definitions,
      List<SyscallDeclaration> declarations,
      List<String> optional,
      List<Function> functions) {}

  /// A function, a macro that heads one, or an array with its initializer.
  ///
  /// @param body names that occur in the body, each once, in order
  /// @param inlined whether the head says that it is inlined
  record Function(
      String name, Place place, boolean inlined, List<String> conditions, Set<String> body) {}

  /// Definitions, declarations or functions of one file.
  private static final int MAX_FOUND = 10_000;

  private static final String SAVES_REGISTERS = "save_static_function";
  private static final int MAX_NAME = 256;
  private static final int MAX_TEXT = 4096;

  private final String path;
  private final CLexer lexer;
  private final boolean wantFunctions;
  private final IfStack ifs = new IfStack();
  private final List<SyscallDefinition> definitions = new ArrayList<>();
  private final List<SyscallDeclaration> declarations = new ArrayList<>();
  private final List<String> optional = new ArrayList<>();
  private final List<Function> functions = new ArrayList<>();

  /// Definitions whose body has not ended: several when an `#if` chooses between heads.
  private int firstOpen;

  private int depth;

  /// The declaration being read at the outermost level.
  private int declarationStart = -1;

  private int declarationLine;
  private List<String> declarationConditions = List.of();
  private String candidate = "";
  private boolean isStatic;
  private boolean inlined;
  private boolean assigned;
  private String array = "";
  private String argument = "";

  /// Whether the body being read is that of the last of `functions`.
  private boolean inFunction;

  private SourceScanner(String path, byte[] text, boolean wantFunctions) {
    this.path = path;
    this.lexer = new CLexer(text);
    this.wantFunctions = wantFunctions;
  }

  static Found scan(String path, byte[] text, boolean wantFunctions) {
    SourceScanner scanner = new SourceScanner(path, text, wantFunctions);
    scanner.run();
    return new Found(
        scanner.definitions, scanner.declarations, scanner.optional, scanner.functions);
  }

  private void run() {
    int kind = lexer.advance();
    while (kind != CLexer.END) {
      if (kind == CLexer.DIRECTIVE) {
        depth = ifs.directive(lexer.joined(lexer.start(), lexer.end()), depth);
      } else if (depth > 0) {
        if (lexer.is('{')) {
          depth++;
        } else if (lexer.is('}')) {
          depth--;
          if (depth == 0) {
            closeBody();
          }
        } else if (kind == CLexer.NAME && inFunction) {
          noteUse(lexer.text());
        }
      } else {
        outermost(kind);
      }
      kind = lexer.advance();
    }
  }

  private void noteUse(String name) {
    Set<String> body = functions.getLast().body();
    if (body.size() < 4096) {
      body.add(name);
    }
  }

  private void closeBody() {
    inFunction = false;
    for (; firstOpen < definitions.size(); firstOpen++) {
      SyscallDefinition open = definitions.get(firstOpen);
      definitions.set(firstOpen, withEnd(open, lexer.line()));
    }
  }

  private void outermost(int kind) {
    if (lexer.is('{')) {
      openBody();
      depth = 1;
    } else if (lexer.is('}')) {
      reset(); // one brace too many: an #if the braces of which do not match
    } else if (lexer.is(';')) {
      declare();
      reset();
    } else if (lexer.is('=')) {
      assigned = true;
    } else if (lexer.is('(')) {
      skipParentheses();
    } else {
      if (declarationStart < 0) {
        declarationStart = lexer.start();
        declarationLine = lexer.line();
        declarationConditions = ifs.conditions();
      }
      if (kind == CLexer.NAME) {
        name();
      }
    }
  }

  private void name() {
    if (lexer.is("static")) {
      isStatic = true;
    } else if (lexer.is("inline") || lexer.is("__always_inline") || lexer.is("__inline")) {
      inlined = true;
    } else if (lexer.end() - lexer.start() <= MAX_NAME && !assigned) {
      String name = lexer.text();
      boolean first = lexer.start() == declarationStart;
      if (isSyscallMacro(name)) {
        if (definitions.size() < MAX_FOUND) {
          definition(name);
        }
      } else if (name.startsWith("COND_SYSCALL") || name.equals("cond_syscall")) {
        conditional(name);
      } else {
        CLexer.Mark mark = lexer.mark();
        boolean open = lexer.advance() == CLexer.PUNCTUATION && lexer.is('(');
        if (lexer.is('[')) {
          array = name;
        }
        lexer.reset(mark);
        if (open && (candidate.isEmpty() || !name.startsWith("__"))) {
          if (first || candidate.isEmpty() || !isAttribute(name)) {
            candidate = name;
            argument = "";
          }
        }
      }
    }
  }

  /// Sparse's and the compiler's annotations may follow a function's parameters.
  private static boolean isAttribute(String name) {
    return name.startsWith("__") || name.equals("asm");
  }

  private void openBody() {
    boolean function = !candidate.isEmpty() && !assigned;
    if (function && !isStatic && isCandidate(candidate)) {
      String signature = lexer.joined(declarationStart, lexer.start());
      if (signature.length() <= MAX_TEXT && definitions.size() < MAX_FOUND) {
        definitions.add(
            new SyscallDefinition(
                candidate,
                "",
                signature,
                Arguments.ofPrototype(signature),
                new Place(path, declarationLine),
                declarationLine,
                declarationConditions,
                List.of()));
      }
    }
    String name = function ? functionName() : assigned ? array : "";
    if (!name.isEmpty() && wantFunctions && functions.size() < MAX_FOUND) {
      inFunction = true;
      functions.add(
          new Function(
              name,
              new Place(path, declarationLine),
              inlined,
              declarationConditions,
              new LinkedHashSet<>()));
    }
    reset();
  }

  /// The function that a macro such as `DEFINE_IDTENTRY_RAW(int80_emulation)` heads
  /// (`arch/x86/include/asm/idtentry.h`).
  private String functionName() {
    if (argument.isEmpty() || !candidate.startsWith("DEFINE_")) {
      return candidate;
    }
    return candidate.startsWith("DEFINE_FRED") ? "fred_" + argument : argument;
  }

  private void declare() {
    if (candidate.equals(SAVES_REGISTERS) && definitions.size() < MAX_FOUND) {
      savesRegisters();
      return;
    }
    if (candidate.isEmpty() || isStatic || assigned || !isCandidate(candidate)) {
      return;
    }
    String text = lexer.joined(declarationStart, lexer.end());
    if (text.length() <= MAX_TEXT
        && declarations.size() < MAX_FOUND
        && !text.startsWith("typedef ")) {
      declarations.add(
          new SyscallDeclaration(
              candidate, text, new Place(path, declarationLine), declarationConditions));
    }
  }

  /// `save_static_function(sys_fork);` makes `__sys_fork`, which saves the registers and goes on in
  /// `sys_fork` (`arch/mips/include/asm/sim.h`).
  private void savesRegisters() {
    String text = lexer.joined(declarationStart, lexer.end());
    int open = text.indexOf('(');
    int close = text.indexOf(')', Math.max(open, 0));
    if (open > 0 && close > open && close - open <= MAX_NAME) {
      definitions.add(
          new SyscallDefinition(
              "__" + text.substring(open + 1, close).trim(),
              SAVES_REGISTERS,
              text,
              List.of(),
              new Place(path, declarationLine),
              lexer.line(),
              declarationConditions,
              List.of()));
    }
  }

  private void reset() {
    declarationStart = -1;
    candidate = "";
    isStatic = false;
    inlined = false;
    assigned = false;
    array = "";
    argument = "";
  }

  /// Architectures have entry points with names of their own (`ppc64_personality`): of theirs any
  /// function may be one.
  private boolean isCandidate(String name) {
    return isEntryPoint(name) || path.startsWith("arch/");
  }

  private static boolean isEntryPoint(String name) {
    return name.startsWith("sys_") || name.startsWith("compat_sys_");
  }

  /// `SYSCALL_DEFINE` with any prefix and a digit: `COMPAT_SYSCALL_DEFINE3`, `SYSCALL32_DEFINE0`.
  private static boolean isSyscallMacro(String name) {
    int length = name.length();
    if (length < 15 || name.charAt(length - 1) < '0' || name.charAt(length - 1) > '6') {
      return false;
    }
    return name.startsWith("DEFINE", length - 7) && name.lastIndexOf("SYSCALL", length - 8) >= 0;
  }

  /// When a macro is `COMPAT_SYSCALL_DEFINE`, which defines what 32-bit callers of a 64-bit kernel
  /// call: `SYSCALL32_DEFINE` (`include/linux/syscalls.h`) and powerpc's own
  /// (`arch/powerpc/kernel/sys_ppc32.c`) are so on some kernels, and `SYSCALL_DEFINE` on the
  /// others. Other prefixes, such as livepatch's `KLP_`, define the entry point itself.
  ///
  /// @return empty for a macro that is one of them always
  private static String compatWhen(String macro) {
    return macro.startsWith("SYSCALL32_")
        ? "defined(CONFIG_COMPAT)"
        : macro.startsWith("PPC32_SYSCALL_") ? "!defined(CONFIG_PPC32)" : "";
  }

  private void definition(String macro) {
    int start = lexer.start();
    int line = lexer.line();
    List<String> conditions = ifs.conditions();
    CLexer.Mark mark = lexer.mark();
    lexer.advance();
    if (!lexer.is('(')) {
      lexer.reset(mark);
      return;
    }
    List<String> items = items();
    int end = lexer.end();
    if (items.isEmpty() || items.getFirst().isEmpty() || end - start > MAX_TEXT * 4) {
      return;
    }
    SyscallDefinition found =
        new SyscallDefinition(
            (macro.startsWith("COMPAT_") ? "compat_sys_" : "sys_") + items.getFirst(),
            macro,
            lexer.joined(start, end),
            Arguments.ofMacro(items.subList(1, items.size())),
            new Place(path, line),
            line,
            conditions,
            List.of());
    String compat = compatWhen(macro);
    if (compat.isEmpty()) {
      definitions.add(found);
    } else {
      definitions.add(found.as("compat_" + found.entry(), compat));
      definitions.add(
          found.as(found.entry(), compat.startsWith("!") ? compat.substring(1) : "!" + compat));
    }
    if (wantFunctions) {
      candidate = macro;
    }
    declarationStart = start;
    declarationLine = line;
  }

  private void conditional(String macro) {
    String prefix = macro.endsWith("_COMPAT") ? "compat_sys_" : "sys_";
    lexer.advance();
    if (!lexer.is('(')) {
      return;
    }
    for (String item : items()) {
      if (!item.isEmpty() && optional.size() < MAX_FOUND) {
        optional.add(isEntryPoint(item) ? item : prefix + item);
      }
    }
  }

  /// Goes to the next token in parentheses.
  ///
  /// @param open how many are open
  /// @return how many are open after it; -1 when the file ends before the last is closed
  private int advanceInParentheses(int open) {
    int kind = lexer.advance();
    if (kind == CLexer.END) {
      return -1;
    }
    if (kind == CLexer.DIRECTIVE) {
      depth = ifs.directive(lexer.joined(lexer.start(), lexer.end()), depth);
      return open;
    }
    return lexer.is('(') ? open + 1 : lexer.is(')') ? open - 1 : open;
  }

  /// The comma-separated texts between the parenthesis that the lexer stands on and its partner, on
  /// which it stops.
  private List<String> items() {
    List<String> items = new ArrayList<>();
    int open = 1;
    int from = lexer.end();
    while (open > 0) {
      open = advanceInParentheses(open);
      boolean separator = open == 1 && lexer.is(',') && items.size() < 32;
      if (open == 0 || separator) {
        items.add(lexer.joined(from, lexer.start()).trim());
        from = lexer.end();
      }
    }
    return items;
  }

  private void skipParentheses() {
    int open = 1;
    int from = lexer.end();
    while (open > 0) {
      open = advanceInParentheses(open);
    }
    if (open < 0) {
      return;
    }
    if (wantFunctions && argument.isEmpty() && lexer.end() - from <= MAX_NAME) {
      argument = lexer.joined(from, lexer.start());
    }
  }

  private static SyscallDefinition withEnd(SyscallDefinition d, int endLine) {
    return new SyscallDefinition(
        d.entry(),
        d.macro(),
        d.signature(),
        d.arguments(),
        d.place(),
        endLine,
        d.conditions(),
        d.gates());
  }

  /// The C or assembly files that one of their kind includes (`#include "syscalls.c"`), by their
  /// paths in the tree.
  static List<String> includedSources(String path, byte[] text) {
    BytePattern ending = path.endsWith(".S") ? QUOTED_S : QUOTED_C;
    List<String> included = new ArrayList<>(0);
    int from = 0;
    while (included.size() < 1000) {
      int at = ending.indexIn(text, from, text.length);
      if (at < 0) {
        return included;
      }
      from = at + 1;
      int quote = at;
      while (quote > 0 && text[quote - 1] != '"' && text[quote - 1] != '\n') {
        quote--;
      }
      int start = Math.max(0, quote - 32);
      String before = new String(text, start, quote - start, StandardCharsets.UTF_8);
      String line = before.substring(before.lastIndexOf('\n') + 1).replace(" ", "");
      if (line.endsWith("#include\"")) {
        String name = new String(text, quote, at + 2 - quote, StandardCharsets.UTF_8);
        included.add(resolve(path, name));
      }
    }
    return included;
  }

  private static String resolve(String path, String name) {
    String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    String rest = name;
    while (rest.startsWith("../")) {
      rest = rest.substring(3);
      folder = folder.substring(0, Math.max(0, folder.lastIndexOf('/')));
    }
    return folder.isEmpty() ? rest : folder + "/" + rest;
  }

  private static final BytePattern QUOTED_C = new BytePattern(".c\"");
  private static final BytePattern QUOTED_S = new BytePattern(".S\"");

  /// Types and names of arguments.
  static final class Arguments {
    private Arguments() {}

    /// The `type, name, type, name` of a macro of the family. A lone item in which a macro
    /// stands for a 64-bit argument in two registers (`SC_ARG64(len)`, `arg_u32p(len)`,
    /// `compat_arg_u64_dual(len)`) becomes its two halves, low first as on every little-endian
    /// architecture.
    static List<Parameter> ofMacro(List<String> items) {
      List<Parameter> parameters = new ArrayList<>();
      for (int i = 0; i < items.size(); ) {
        String item = items.get(i);
        int open = item.indexOf('(');
        boolean pair =
            item.startsWith("SC_ARG64(")
                || item.startsWith("compat_arg_u64")
                || item.startsWith("arg_u32p(");
        if (pair && item.endsWith(")")) {
          String name = item.substring(open + 1, item.length() - 1).trim();
          parameters.add(new Parameter("u32", name + "_lo"));
          parameters.add(new Parameter("u32", name + "_hi"));
          i++;
        } else {
          parameters.add(new Parameter(item, i + 1 < items.size() ? items.get(i + 1) : ""));
          i += 2;
        }
      }
      return parameters;
    }

    /// The parameters of a plain C function's head.
    static List<Parameter> ofPrototype(String head) {
      List<Parameter> parameters = new ArrayList<>();
      int open = head.indexOf('(');
      int close = head.lastIndexOf(')');
      if (open < 0 || close < open) {
        return parameters;
      }
      for (String item : head.substring(open + 1, close).split(",", -1)) {
        String text = item.trim();
        if (text.isEmpty() || text.equals("void") || parameters.size() >= 32) {
          continue;
        }
        int at = text.length();
        while (at > 0
            && (Character.isLetterOrDigit(text.charAt(at - 1)) || text.charAt(at - 1) == '_')) {
          at--;
        }
        boolean named = at > 0 && at < text.length();
        parameters.add(
            named
                ? new Parameter(text.substring(0, at).trim(), text.substring(at))
                : new Parameter(text, ""));
      }
      return parameters;
    }
  }
}
