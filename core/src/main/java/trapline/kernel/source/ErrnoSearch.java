package trapline.kernel.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import trapline.kernel.source.ErrnoFlow.Leave;
import trapline.model.ErrorOrigin.Candidate;
import trapline.model.Place;

/// Looks in one function for the places that say an error, and for calls that may hand one up.
final class ErrnoSearch {
  /// Places of one function; a real one has at most some dozens.
  static final int MAX_PLACES = 256;

  private static final int MAX_TEXT = 72;
  private static final int MAX_OUTER = 8;
  private static final int MAX_CASES = 8;

  /// What hands on the error that it is given.
  private static final Set<String> WRAPPERS =
      Set.of(
          "ERR_PTR",
          "PTR_ERR",
          "ERR_CAST",
          "PTR_ERR_OR_ZERO",
          "likely",
          "unlikely",
          "READ_ONCE",
          "cpu_to_le32",
          "long",
          "int",
          "void");

  private static final Set<String> NO_CALLS =
      Set.of(
          "return",
          "if",
          "while",
          "for",
          "switch",
          "case",
          "sizeof",
          "typeof",
          "__typeof__",
          "goto",
          "else",
          "do",
          "defined",
          "likely",
          "unlikely",
          "WARN_ON",
          "WARN_ON_ONCE",
          "READ_ONCE",
          "WRITE_ONCE",
          "IS_ERR",
          "IS_ERR_OR_NULL",
          "ERR_PTR",
          "PTR_ERR",
          "ERR_CAST",
          "PTR_ERR_OR_ZERO",
          "min",
          "max",
          "container_of",
          "ARRAY_SIZE");

  /// A call of a function, the result of which is returned, or kept in a variable.
  ///
  /// @param leaves whether the result is seen to leave the function
  record Call(String function, Candidate candidate, boolean leaves) {}

  private final FunctionBody body;
  private final String file;
  private final ErrnoSpellings spellings;
  private final Statements statements;
  private final ErrnoFlow flow;

  /// By line: where the error stands, and what leaves with a variable that holds it.
  private final Map<Integer, Candidate> said = new HashMap<>();

  private final Map<Integer, Candidate> left = new HashMap<>();
  private final Map<String, Call> calls = new LinkedHashMap<>();
  private final List<Integer> lines = new ArrayList<>();
  private final List<Integer> compared = new ArrayList<>();

  /// For each parenthesis (and, first, the statement itself) its last assignment, or -1, and the
  /// token where the present one of its parts begins.
  private final int[] assignment;

  private final int[] part;

  ErrnoSearch(FunctionBody body, String file, ErrnoSpellings spellings) {
    this.body = body;
    this.file = file;
    this.spellings = spellings;
    this.statements = new Statements(body);
    this.flow = new ErrnoFlow(body, statements);
    this.assignment = new int[body.size() + 1];
    this.part = new int[body.size() + 1];
    Arrays.fill(assignment, -1);
    for (int i = 0; i < statements.size(); i++) {
      statement(i);
    }
  }

  /// The places that say the error, by line.
  List<Candidate> places() {
    Map<Integer, Candidate> all = new TreeMap<>(left);
    all.putAll(said);
    return List.copyOf(all.values());
  }

  /// The calls that may hand up an error, one for each line and called function.
  List<Call> calls() {
    return List.copyOf(calls.values());
  }

  /// Lines on which the error stands, be it said there or only compared with.
  List<Integer> lines() {
    return List.copyOf(lines);
  }

  /// Those on which it is only compared with, one entry for each time.
  List<Integer> compared() {
    return List.copyOf(compared);
  }

  private void statement(int statement) {
    int first = statements.first(statement);
    assignment[0] = -1;
    part[0] = first;
    for (int i = first; i < statements.end(statement); i++) {
      int outer = body.inside(i) + 1;
      if (body.is(i, '(') || body.is(i, '[')) {
        assignment[i + 1] = -1;
        part[i + 1] = i + 1;
      } else if (body.is(i, ',')) {
        assignment[outer] = -1;
        part[outer] = i + 1;
      } else if (body.isAssignment(i)) {
        assignment[outer] = i;
      } else if (body.isName(i) && spellings.contains(body.text(i))) {
        use(statement, i);
      } else if (body.is(i + 1, '(') && body.isName(i)) {
        call(statement, i);
      }
    }
  }

  private void use(int statement, int token) {
    lines.add(body.line(token));
    boolean negative = body.is(token - 1, '-');
    int sign = negative ? token - 1 : token;
    if (isCompared(statement, sign, token)) {
      compared.add(body.line(token));
      return;
    }
    String remark = spellings.remark(body.text(token));
    int call = enclosingCall(statement, sign);
    int kind = statements.kind(statement);
    if (call >= 0 && body.is(call, "WRITE_ONCE")) {
      String target = body.joined(call + 2, part[call + 2] - 1, MAX_TEXT);
      add(said, statement, token, "stores it in " + target + remark, null);
    } else if (kind == Statements.RETURN && call < 0) {
      boolean only = isAll(statements.first(statement) + 1, statements.end(statement), sign);
      add(said, statement, token, (only ? "returns it" : "may return it") + remark, null);
    } else if (call >= 0) {
      String returns = kind == Statements.RETURN ? ", and returns what that returns" : "";
      String name = body.text(call);
      add(said, statement, token, "passes it to " + name + returns + remark, name);
    } else {
      int to = enclosingAssignment(sign);
      if (to < 0) {
        add(said, statement, token, "names it" + remark, null);
      } else if (isVariable(to)) {
        variable(statement, token, body.text(target(to)), !negative, remark);
      } else {
        String target = body.joined(part[body.inside(to) + 1], to, MAX_TEXT);
        add(said, statement, token, "stores it in " + target + remark, null);
      }
    }
  }

  private void variable(int statement, int token, String name, boolean positive, String remark) {
    List<Leave> leaves = flow.leaves(statement, name, positive);
    if (leaves.size() == 1 && !leaves.getFirst().conditional()) {
      Leave only = leaves.getFirst();
      int line = body.line(statements.first(only.statement()));
      String how = "sets it" + remark + ", and line " + line + ' ' + only.verb().formatted("it");
      add(said, statement, token, how, null);
      return;
    }
    add(said, statement, token, "sets it" + remark, null);
    for (Leave leave : leaves) {
      String set = name + " as set on line " + body.line(token);
      String how = leave.verb().formatted(set);
      add(left, leave.statement(), statements.first(leave.statement()), how, null);
    }
  }

  private void add(
      Map<Integer, Candidate> to, int statement, int token, String how, @Nullable String helper) {
    if (to.size() < MAX_PLACES) {
      int line = body.line(token);
      String whole = how + condition(statement);
      to.putIfAbsent(line, new Candidate(new Place(file, line), body.lineOf(token), whole, helper));
    }
  }

  /// `, if !len`; empty when nothing is known that the statement is subject to.
  private String condition(int statement) {
    int guard = statements.guard(statement);
    if (guard < 0) {
      return "";
    }
    int first = statements.first(guard);
    int end = statements.end(guard);
    return switch (statements.kind(guard)) {
      case Statements.IF -> ", if " + body.joined(first + 2, end - 1, MAX_TEXT);
      case Statements.ELSE -> ", otherwise";
      default -> cases(guard);
    };
  }

  /// `, in case SO_TYPE, SO_ERROR`, for labels that stand behind one another.
  private String cases(int last) {
    int first = last;
    while (first > 0 && last - first < MAX_CASES && isCase(first - 1)) {
      first--;
    }
    StringBuilder text = new StringBuilder();
    for (int i = first; i <= last; i++) {
      int label = statements.first(i);
      if (body.is(label, "default")) {
        return ", by default";
      }
      text.append(i == first ? ", in case " : ", ");
      text.append(body.joined(label + 1, statements.end(i), MAX_TEXT));
    }
    return text.toString();
  }

  private boolean isCase(int statement) {
    return statements.kind(statement) == Statements.CASE;
  }

  private boolean isCompared(int statement, int sign, int token) {
    if (statements.kind(statement) == Statements.CASE) {
      return true;
    }
    int from = sign;
    int behind = token + 1;
    for (int i = 0; i < MAX_OUTER; i++) {
      if (isComparison(from - 2) || isComparison(behind)) {
        return true;
      }
      boolean smaller = body.is(from - 1, '<') || body.is(from - 1, '>');
      if (smaller || body.is(behind, '<') || body.is(behind, '>')) {
        return true;
      }
      boolean wrapped = body.is(from - 1, '(') && body.is(behind, ')') && from > 2;
      if (!wrapped || !body.isName(from - 2) || !WRAPPERS.contains(body.text(from - 2))) {
        return false;
      }
      from -= 2;
      behind++;
    }
    return false;
  }

  /// `==` and its like.
  private boolean isComparison(int token) {
    return body.is(token, '=', '=')
        || body.is(token, '!', '=')
        || body.is(token, '<', '=')
        || body.is(token, '>', '=');
  }

  /// Whether the tokens are nothing but a value, in parentheses, casts and wrappers.
  private boolean isAll(int from, int end, int value) {
    for (int i = from; i < value; i++) {
      boolean cast = body.isName(i) || body.is(i, '(') || body.is(i, ')') || body.is(i, '*');
      if (!cast) {
        return false;
      }
    }
    int behind = body.is(value, '-') ? value + 2 : value + 1;
    while (body.is(behind, ')')) {
      behind++;
    }
    return behind >= end;
  }

  /// The name of the innermost function that takes the value as an argument, wrappers aside; -1
  /// when there is none.
  private int enclosingCall(int statement, int token) {
    int open = body.inside(token);
    for (int i = 0; i < MAX_OUTER && open > statements.first(statement); i++) {
      int name = open - 1;
      boolean keyword = name == statements.first(statement) && isControl(statement);
      if (body.is(open, '(') && body.isName(name) && !keyword) {
        String text = body.text(name);
        if (!WRAPPERS.contains(text) && !text.equals("return")) {
          return name;
        }
      }
      open = body.inside(open);
    }
    return -1;
  }

  private boolean isControl(int statement) {
    int kind = statements.kind(statement);
    return kind == Statements.IF || kind == Statements.SWITCH || kind == Statements.LOOP;
  }

  private int enclosingAssignment(int token) {
    int open = body.inside(token);
    for (int i = 0; i < MAX_OUTER; i++) {
      if (assignment[open + 1] >= 0 || open < 0) {
        return assignment[open + 1];
      }
      open = body.inside(open);
    }
    return -1;
  }

  /// The token before an assignment, which may be `|=` and its like.
  private int target(int assignment) {
    return body.isName(assignment - 1) || body.is(assignment - 1, ']')
        ? assignment - 1
        : assignment - 2;
  }

  private boolean isVariable(int assignment) {
    int target = target(assignment);
    int first = part[body.inside(assignment) + 1];
    boolean pointee = body.is(first, '*') && target == first + 1;
    return target >= first && body.isName(target) && !body.isMember(target) && !pointee;
  }

  private void call(int statement, int name) {
    String function = body.text(name);
    if (calls.size() >= MAX_PLACES
        || calls.containsKey(keyOf(name))
        || body.isMember(name)
        || NO_CALLS.contains(function)) {
      return;
    }
    boolean dereferenced = body.is(body.closing(name + 1) + 1, '-', '>');
    if (dereferenced || enclosingCall(statement, name) >= 0) {
      return;
    }
    int kept = enclosingAssignment(name);
    boolean leaves = statements.kind(statement) == Statements.RETURN;
    if (!leaves && kept >= 0 && isVariable(kept)) {
      leaves = !flow.leaves(statement, body.text(target(kept)), false).isEmpty();
    }
    if (leaves || kept >= 0) {
      Place place = new Place(file, body.line(name));
      String how = "through a called helper" + condition(statement);
      Candidate candidate = new Candidate(place, body.lineOf(name), how, function);
      calls.put(keyOf(name), new Call(function, candidate, leaves));
    }
  }

  private String keyOf(int name) {
    return body.text(name) + ' ' + body.line(name);
  }

  /// What is known of when a token's statement runs: `, if !len`; empty when nothing is.
  String conditionOf(int token) {
    for (int i = statements.size() - 1; i >= 0; i--) {
      if (statements.first(i) <= token && token < statements.end(i)) {
        return condition(i);
      }
    }
    return "";
  }
}
