package trapline.kernel.source;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The statements of a function in their order. A `level` says how deep one is nested: what a
/// condition controls is one level deeper than the condition, with braces or without.
final class Statements {
  /// Kinds of statements.
  static final int OTHER = 0;

  static final int RETURN = 1;
  static final int GOTO = 2;
  static final int BREAK = 3;
  static final int CONTINUE = 4;
  static final int LABEL = 5;
  static final int CASE = 6;
  static final int IF = 7;
  static final int SWITCH = 8;

  /// `for`, `while`, `do`, and macros such as `list_for_each_entry(…)`.
  static final int LOOP = 9;

  static final int ELSE = 10;

  private static final Map<String, Integer> KINDS =
      Map.of(
          "return",
          RETURN,
          "goto",
          GOTO,
          "break",
          BREAK,
          "continue",
          CONTINUE,
          "if",
          IF,
          "switch",
          SWITCH,
          "for",
          LOOP,
          "while",
          LOOP,
          "do",
          LOOP,
          "else",
          ELSE);

  private static final int BLOCK = -1;

  private final FunctionBody body;
  private int[] kinds = new int[64];
  private int[] firsts = new int[64];
  private int[] ends = new int[64];
  private int[] levels = new int[64];
  private int[] breakLevels = new int[64];
  private int[] guards = new int[64];
  private int count;
  private final Map<String, Integer> labels = new HashMap<>();

  /// What the statements being read stand in, innermost last.
  private boolean[] openBraces = new boolean[16];
  private int[] openBreaks = new int[16];
  private int[] openGuards = new int[16];
  private int open;

  Statements(FunctionBody body) {
    this.body = body;
    int at = 0;
    while (at < body.size()) {
      at = statement(at);
    }
  }

  int size() {
    return count;
  }

  int kind(int statement) {
    return kinds[statement];
  }

  int first(int statement) {
    return firsts[statement];
  }

  /// Behind the last token: for a condition behind its `)`, otherwise at the `;`.
  int end(int statement) {
    return ends[statement];
  }

  int level(int statement) {
    return levels[statement];
  }

  /// The level of the loop or `switch` that a `break` here leaves; -1 without one.
  int breakLevel(int statement) {
    return breakLevels[statement];
  }

  /// The innermost `if`, `else` or `case` that this statement is subject to; -1 without one.
  int guard(int statement) {
    return guards[statement];
  }

  /// The statement behind a label; -1 when there is no such label.
  int label(String name) {
    return labels.getOrDefault(name, -1);
  }

  /// @return behind the statement, or behind the part of one that is its condition
  private int statement(int at) {
    if (body.is(at, '{')) {
      if (open > 0 && !openBraces[open - 1]) {
        openBraces[open - 1] = true;
      } else {
        push(BLOCK, true, -1);
      }
      return at + 1;
    }
    if (body.is(at, '}')) {
      if (open > 0) {
        while (open > 0 && !openBraces[open - 1]) {
          open--;
        }
        open = Math.max(0, open - 1);
        endControlled();
      }
      return at + 1;
    }
    if (body.is(at, ';')) {
      endControlled();
      return at + 1;
    }
    if (body.isName(at)) {
      if (body.is(at, "case") || (body.is(at, "default") && body.is(at + 1, ':'))) {
        return caseLabel(at);
      }
      Integer kind = KINDS.get(body.text(at));
      if (kind != null) {
        return kind >= IF ? control(at, kind) : simple(at, kind);
      }
      if (body.is(at + 1, ':')) {
        labels.putIfAbsent(body.text(at), count);
        add(LABEL, at, at + 1);
        return at + 2;
      }
      if (body.is(at + 1, '(')) {
        int behind = body.closing(at + 1) + 1;
        if (body.is(behind, '{') || (body.isName(behind) && !body.is(behind, "__attribute__"))) {
          return control(at, LOOP);
        }
      }
    }
    return simple(at, OTHER);
  }

  private int caseLabel(int at) {
    int end = at + 1;
    while (end < body.size() && !body.is(end, ':') && !body.is(end, ';')) {
      end = body.is(end, '(') ? body.closing(end) + 1 : end + 1;
    }
    if (open > 0) {
      openGuards[open - 1] = count;
    }
    add(CASE, at, Math.min(end, body.size()));
    return end + 1;
  }

  private int control(int at, int kind) {
    int end = at + 1;
    if (kind != ELSE && body.is(end, '(')) {
      end = Math.min(body.size(), body.closing(end) + 1);
    }
    int statement = count;
    add(kind, at, end);
    push(kind, false, statement);
    return end;
  }

  private int simple(int at, int kind) {
    int end = at;
    while (end < body.size() && !body.is(end, ';')) {
      if (body.is(end, '}')) {
        break; // no statement: the `;` is missing
      }
      boolean opens = body.is(end, '(') || body.is(end, '[') || body.is(end, '{');
      end = opens ? body.closing(end) + 1 : end + 1;
    }
    end = Math.min(end, body.size());
    add(kind, at, end);
    endControlled();
    return body.is(end, ';') ? end + 1 : end;
  }

  /// What conditions without braces control has ended.
  private void endControlled() {
    while (open > 0 && !openBraces[open - 1]) {
      open--;
    }
  }

  private void push(int kind, boolean braces, int statement) {
    if (open == openBraces.length) {
      openBraces = Arrays.copyOf(openBraces, 2 * open);
      openBreaks = Arrays.copyOf(openBreaks, 2 * open);
      openGuards = Arrays.copyOf(openGuards, 2 * open);
    }
    openBraces[open] = braces;
    openBreaks[open] =
        kind == LOOP || kind == SWITCH ? open : open == 0 ? -1 : openBreaks[open - 1];
    openGuards[open] =
        kind == IF || kind == ELSE ? statement : open == 0 ? -1 : openGuards[open - 1];
    open++;
  }

  private void add(int kind, int first, int end) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * count);
      firsts = Arrays.copyOf(firsts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      levels = Arrays.copyOf(levels, 2 * count);
      breakLevels = Arrays.copyOf(breakLevels, 2 * count);
      guards = Arrays.copyOf(guards, 2 * count);
    }
    kinds[count] = kind;
    firsts[count] = first;
    ends[count] = end;
    levels[count] = open;
    breakLevels[count] = open == 0 ? -1 : openBreaks[open - 1];
    guards[count] = open == 0 ? -1 : openGuards[open - 1];
    count++;
  }
}
