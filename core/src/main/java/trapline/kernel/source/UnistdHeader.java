package trapline.kernel.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import trapline.kernel.Condition;
import trapline.kernel.KernelConfig;
import trapline.kernel.SyscallRow;
import trapline.model.Place;

/// Reads a system call table that is a C header: `#define __NR_read 63` and
/// `__SYSCALL(__NR_read, sys_read)`, with macros of its own around `__SYSCALL`, under `#if`
/// (`include/uapi/asm-generic/unistd.h` before 6.11, `arch/arm64/include/asm/unistd32.h`).
///
/// It follows the preprocessor as far as these headers use it: object-like and function-like
/// macros, conditions, and the inclusion of the generic header.
final class UnistdHeader {
  private static final String GENERIC = "include/uapi/asm-generic/unistd.h";
  private static final int MAX_ROWS = 20_000;
  private static final int MAX_MACROS = 20_000;
  private static final int MAX_DEPTH = 8;
  private static final int MAX_LINE = 4096;

  private record Macro(List<String> parameters, String body) {}

  private record Call(String number, String entry, Place place) {}

  private final Map<String, byte[]> headers;
  private final KernelConfig bits;
  private final Map<String, Macro> macros = new HashMap<>();
  private final List<Call> calls = new ArrayList<>();
  private final ArrayDeque<Level> levels = new ArrayDeque<>();

  /// One `#if`: whether the present branch is compiled, and whether one was.
  private record Level(boolean active, boolean taken) {}

  private UnistdHeader(Map<String, byte[]> headers, List<String> defined) {
    this.headers = headers;
    boolean wide = true;
    for (String definition : defined) {
      int equals = definition.indexOf('=');
      String name = equals < 0 ? definition : definition.substring(0, equals);
      String value = equals < 0 ? "1" : definition.substring(equals + 1);
      macros.put(name, new Macro(List.of(), value));
      wide &= !definition.equals("__BITS_PER_LONG=32");
    }
    this.bits =
        new KernelConfig(
            Map.of("CONFIG_64BIT", wide ? KernelConfig.Value.BUILT_IN : KernelConfig.Value.OFF),
            false);
  }

  /// Reads a header.
  ///
  /// @param headers the headers by path, the generic one among them
  /// @param defined macros that the compiler or the includer defines, such as
  ///     `__BITS_PER_LONG=32` and `__SYSCALL_COMPAT`
  /// @return the rows by number
  static List<SyscallRow> read(Map<String, byte[]> headers, String path, List<String> defined) {
    UnistdHeader header = new UnistdHeader(headers, defined);
    header.file(path, 0);
    return header.rows();
  }

  private void file(String path, int depth) {
    byte[] text = headers.get(path);
    if (text == null || depth > MAX_DEPTH) {
      return;
    }
    int outer = levels.size();
    CLexer lexer = new CLexer(text);
    while (lexer.advance() != CLexer.END) {
      if (lexer.kind() == CLexer.DIRECTIVE) {
        int end = Math.min(lexer.end(), lexer.start() + MAX_LINE);
        directive(lexer.joined(lexer.start(), end), depth);
      } else if (lexer.kind() == CLexer.NAME && active()) {
        String name = lexer.text();
        Macro macro = macros.get(name);
        boolean table = name.equals("__SYSCALL");
        if (table || (macro != null && !macro.parameters.isEmpty())) {
          Place place = new Place(path, lexer.line());
          lexer.advance();
          if (lexer.is('(')) {
            call(name, arguments(lexer), place, 0);
          }
        }
      }
    }
    while (levels.size() > outer) {
      levels.pop();
    }
  }

  private boolean active() {
    Level level = levels.peek();
    return level == null || level.active;
  }

  private void directive(String text, int depth) {
    String line = text.substring(1).trim();
    int end = 0;
    while (end < line.length() && Character.isLetter(line.charAt(end))) {
      end++;
    }
    String word = line.substring(0, end);
    String rest = line.substring(end).trim();
    switch (word) {
      case "if" -> push(holds(rest));
      case "ifdef" -> push(macros.containsKey(rest));
      case "ifndef" -> push(!macros.containsKey(rest));
      case "elif" -> branch(rest);
      case "else" -> branch("1");
      case "endif" -> levels.poll();
      default -> {
        if (active()) {
          plain(word, rest, depth);
        }
      }
    }
  }

  private void plain(String word, String rest, int depth) {
    if (word.equals("define")) {
      define(rest);
    } else if (word.equals("undef")) {
      macros.remove(rest);
    } else if (word.equals("include") && rest.equals("<asm-generic/unistd.h>")) {
      file(GENERIC, depth + 1);
    }
  }

  private void push(boolean holds) {
    if (levels.size() < 64) {
      levels.push(new Level(active() && holds, !active() || holds));
    }
  }

  private void branch(String condition) {
    Level level = levels.poll();
    if (level != null) {
      boolean holds = !level.taken && holds(condition);
      levels.push(new Level(active() && holds, level.taken || holds));
    }
  }

  /// Every name in the condition is a macro that is defined or not: nothing is unknown.
  private boolean holds(String condition) {
    Map<String, KernelConfig.Value> names = new HashMap<>();
    names.put("CONFIG_64BIT", bits.value("CONFIG_64BIT"));
    CLexer lexer = new CLexer(condition.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    while (lexer.advance() != CLexer.END) {
      if (lexer.kind() == CLexer.NAME) {
        boolean known = macros.containsKey(lexer.text());
        names.put(lexer.text(), known ? KernelConfig.Value.BUILT_IN : KernelConfig.Value.OFF);
      }
    }
    return Condition.evaluate(condition, new KernelConfig(names, false)) == Condition.Truth.TRUE;
  }

  private void define(String rest) {
    int end = nameEnd(rest, 0);
    String name = rest.substring(0, end);
    if (name.isEmpty() || name.equals("__SYSCALL") || macros.size() >= MAX_MACROS) {
      return;
    }
    if (end < rest.length() && rest.charAt(end) == '(') {
      int close = rest.indexOf(')', end);
      if (close > 0) {
        List<String> parameters = List.of(rest.substring(end + 1, close).split("\\s*,\\s*", 16));
        macros.put(name, new Macro(parameters, rest.substring(close + 1).trim()));
      }
    } else {
      macros.put(name, new Macro(List.of(), rest.substring(end).trim()));
    }
  }

  /// The texts between the parenthesis that the lexer stands on and its partner.
  private static List<String> arguments(CLexer lexer) {
    List<String> arguments = new ArrayList<>();
    int open = 1;
    int from = lexer.end();
    while (open > 0 && lexer.advance() != CLexer.END) {
      if (lexer.is('(')) {
        open++;
      } else if (lexer.is(')')) {
        open--;
      }
      if ((lexer.is(',') && open == 1) || open == 0) {
        if (arguments.size() < 16) {
          arguments.add(lexer.joined(from, lexer.start()).trim());
        }
        from = lexer.end();
      }
    }
    return arguments;
  }

  private void call(String name, List<String> arguments, Place place, int depth) {
    Macro macro = macros.get(name);
    if (name.equals("__SYSCALL")) {
      if (arguments.size() >= 2 && calls.size() < MAX_ROWS) {
        calls.add(new Call(arguments.get(0), arguments.get(1), place));
      }
    } else if (macro != null && depth < MAX_DEPTH) {
      CLexer body = new CLexer(macro.body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      while (body.advance() != CLexer.END) {
        if (body.kind() == CLexer.NAME) {
          String inner = body.text();
          body.advance();
          if (body.is('(')) {
            List<String> given = new ArrayList<>();
            for (String argument : arguments(body)) {
              int at = macro.parameters.indexOf(argument);
              given.add(at >= 0 && at < arguments.size() ? arguments.get(at) : argument);
            }
            call(inner, given, place, depth + 1);
          }
        }
      }
    }
  }

  private List<SyscallRow> rows() {
    Map<String, String> aliases = new HashMap<>();
    macros.forEach(
        (name, macro) -> {
          if (name.startsWith("__NR_") && macro.body.startsWith("__NR3264_")) {
            aliases.put(macro.body, name);
          }
        });
    Map<Integer, SyscallRow> rows = new TreeMap<>();
    for (Call call : calls) {
      String name = aliases.getOrDefault(call.number, call.number);
      Optional<Integer> number = value(call.number, 0);
      // A number without a name keeps a place that no program can mean.
      if (number.isPresent() && name.startsWith("__NR_")) {
        rows.put(
            number.get(),
            new SyscallRow(
                number.get(), "common", name.substring(5), call.entry, "", false, call.place));
      }
    }
    return new ArrayList<>(rows.values());
  }

  /// A number, a macro's name, or `(name + number)`.
  private Optional<Integer> value(String text, int depth) {
    if (depth > MAX_DEPTH) {
      return Optional.empty();
    }
    String term = text.trim();
    while (term.startsWith("(") && term.endsWith(")")) {
      term = term.substring(1, term.length() - 1).trim();
    }
    int plus = term.indexOf('+');
    if (plus > 0) {
      Optional<Integer> left = value(term.substring(0, plus), depth + 1);
      Optional<Integer> right = value(term.substring(plus + 1), depth + 1);
      return left.isPresent() && right.isPresent()
          ? Optional.of(left.get() + right.get())
          : Optional.empty();
    }
    Macro macro = macros.get(term);
    if (macro != null) {
      return value(macro.body, depth + 1);
    }
    try {
      int number = Integer.decode(term);
      return number >= 0 && number <= 0xfffff ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static int nameEnd(String text, int from) {
    int end = from;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    return end;
  }
}
