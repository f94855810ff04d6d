package trapline.kernel.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Follows a variable from where it is set to the statements that leave the function with it:
/// `return ret`, `goto out` with `out: return ret`, `arg->err = error`.
///
/// It reads the statements in their order: what an `if` controls may run or not; a branch that sets
/// the variable anew is passed over, an `else` of the branch that set it, too; loops are run once.
/// That is a reading and no proof: what it finds are candidates.
final class ErrnoFlow {
  /// A statement that leaves with the variable.
  ///
  /// @param verb what it does with it: `leaves with %s`, `returns %s`, `stores %s`, `forwards %s`
  /// @param conditional whether it depends on a condition that stands behind the setting
  record Leave(int statement, String verb, boolean conditional) {}

  private static final int MAX_LEAVES = 64;
  private static final int MAX_JUMPS = 16;

  /// Tokens to look at in all, so that a hostile function ends soon.
  private static final long BUDGET = 4_000_000;

  private final FunctionBody body;
  private final Statements statements;
  private final Map<String, Boolean> carries = new HashMap<>();
  private long looked;

  ErrnoFlow(FunctionBody body, Statements statements) {
    this.body = body;
    this.statements = statements;
  }

  /// The statements that leave with what `statement` puts into `variable`.
  ///
  /// @param positive whether the error is held as a positive number: then a call that takes
  ///     it hands it on
  List<Leave> leaves(int statement, String variable, boolean positive) {
    return walk(statement + 1, statements.level(statement), variable, positive, 0);
  }

  private List<Leave> walk(int from, int level, String variable, boolean positive, int jumps) {
    List<Leave> leaves = new ArrayList<>();
    int least = level;
    int overwrittenAt = Integer.MAX_VALUE;
    int skipAbove = Integer.MAX_VALUE;
    boolean skipElse = false;
    for (int i = from; i < statements.size() && leaves.size() < MAX_LEAVES; i++) {
      int kind = statements.kind(i);
      int at = statements.level(i);
      if (skipAbove < Integer.MAX_VALUE) {
        if (at > skipAbove || (skipElse && at == skipAbove && kind == Statements.ELSE)) {
          continue;
        }
        skipAbove = Integer.MAX_VALUE;
      }
      if (at < overwrittenAt || (at == overwrittenAt && kind == Statements.CASE)) {
        overwrittenAt = Integer.MAX_VALUE;
      }
      if (at < least) {
        least = at;
        if (kind == Statements.ELSE) {
          skipAbove = at;
          skipElse = true;
          continue;
        }
      }
      if (overwrittenAt < Integer.MAX_VALUE) {
        continue;
      }
      looked += statements.end(i) - statements.first(i) + 1;
      if (looked > BUDGET) {
        break;
      }
      boolean always = at == least;
      switch (kind) {
        case Statements.RETURN -> {
          if (mentions(i, statements.first(i), variable)) {
            leaves.add(new Leave(i, "returns %s", !always));
          }
        }
        case Statements.GOTO -> {
          if (carries(body.text(statements.first(i) + 1), variable, positive, jumps)) {
            leaves.add(new Leave(i, "leaves with %s", !always));
          }
        }
        case Statements.BREAK -> {
          int left = Math.max(0, statements.breakLevel(i));
          if (always) {
            skipAbove = left;
            skipElse = false;
          } else if (left < least && carriesOut(i, left, variable, positive, jumps)) {
            leaves.add(new Leave(i, "leaves with %s", true));
          }
        }
        case Statements.LABEL, Statements.CASE, Statements.ELSE, Statements.CONTINUE -> {}
        default -> {
          if (sets(i, variable)) {
            if (always) {
              return leaves;
            }
            overwrittenAt = at;
          } else if (stores(i, variable)) {
            leaves.add(new Leave(i, "stores %s", !always));
          } else if (positive && passes(i, variable)) {
            leaves.add(new Leave(i, "forwards %s", !always));
          }
        }
      }
      boolean ends =
          kind == Statements.RETURN || kind == Statements.GOTO || kind == Statements.CONTINUE;
      if (ends && always) {
        return leaves;
      }
    }
    return leaves;
  }

  /// Whether what a label leads to leaves with the variable.
  private boolean carries(String label, String variable, boolean positive, int jumps) {
    int target = statements.label(label);
    return target >= 0
        && carriesFrom(target + 1, statements.level(target), variable, positive, jumps);
  }

  /// Whether a `break` leads to where something leaves with the variable.
  private boolean carriesOut(int from, int level, String variable, boolean positive, int jumps) {
    int target = from + 1;
    while (target < statements.size() && statements.level(target) > level) {
      target++;
    }
    looked += target - from;
    return target < statements.size() && carriesFrom(target, level, variable, positive, jumps);
  }

  private boolean carriesFrom(
      int statement, int level, String variable, boolean positive, int jumps) {
    if (jumps == MAX_JUMPS || looked > BUDGET) {
      return false;
    }
    String key = variable + ' ' + statement + positive;
    Boolean known = carries.putIfAbsent(key, false);
    if (known != null) {
      return known;
    }
    boolean found = !walk(statement, level, variable, positive, jumps + 1).isEmpty();
    carries.put(key, found);
    return found;
  }

  private boolean mentions(int statement, int from, String variable) {
    for (int i = from; i < statements.end(statement); i++) {
      if (isVariable(i, variable) && !body.is(i + 1, '-', '>') && !body.is(i + 1, '.')) {
        return true;
      }
    }
    return false;
  }

  private boolean isVariable(int token, String variable) {
    return body.is(token, variable) && !body.isMember(token) && !body.is(token + 1, '(');
  }

  private boolean sets(int statement, String variable) {
    for (int i = statements.first(statement); i < statements.end(statement); i++) {
      boolean assigned =
          body.isAssignment(i + 1) && isVariable(i, variable) && !isPointee(statement, i);
      if (assigned) {
        return true;
      }
    }
    return false;
  }

  /// `*err = …`
  private boolean isPointee(int statement, int token) {
    return token == statements.first(statement) + 1 && body.is(token - 1, '*');
  }

  /// `*error = ret`, `arg->err = ret`
  private boolean stores(int statement, String variable) {
    if (statements.kind(statement) != Statements.OTHER) {
      return false;
    }
    int first = statements.first(statement);
    for (int i = first + 1; i < statements.end(statement); i++) {
      if (body.isAssignment(i) && body.inside(i) < 0) {
        boolean elsewhere =
            body.is(i - 1, ']') || body.isMember(i - 1) || isPointee(statement, i - 1);
        return elsewhere && mentions(statement, i + 1, variable);
      }
    }
    return false;
  }

  /// `tcp_done_with_error(sk, err)`
  private boolean passes(int statement, String variable) {
    for (int i = statements.first(statement); i < statements.end(statement); i++) {
      if (isVariable(i, variable) && body.inside(i) >= 0 && body.isName(body.inside(i) - 1)) {
        return statements.kind(statement) == Statements.OTHER;
      }
    }
    return false;
  }
}
