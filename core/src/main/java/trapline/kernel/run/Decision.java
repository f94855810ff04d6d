package trapline.kernel.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;

/// How a function came to one of its instructions: which results of the functions that it called it
/// tested, and whether the path there depended on one.
final class Decision {
  private static final int MOST_INSTRUCTIONS = 1 << 15;

  /// Between a comparison and the jump that goes by it compilers put a move or two.
  private static final int NEAR = 8;

  /// How many instructions of a way that was not gone are looked at.
  private static final int MOST_STRAIGHT = 500;

  /// Registers that a function hands back unchanged: rbx, rbp, r12 to r15.
  private static final int KEPT = 1 << 3 | 1 << 5 | 0xf000;

  private final History history;
  private final CodeCache code;
  private final CallNode function;
  private final int point;

  /// @param point where the instruction is
  Decision(History history, CodeCache code, CallNode function, int point) {
    this.history = history;
    this.code = code;
    this.function = function;
    this.point = point;
  }

  /// The last function that was called before and whose result was tested.
  ///
  /// @return `null` when there is none
  @Nullable CallNode lastAsked() {
    for (CallNode call : function.calls().reversed()) {
      if (!call.isEvent && call.endPoint >= 0 && call.endPoint <= point && testOf(call) >= 0) {
        return call;
      }
    }
    return null;
  }

  /// Where the answer of a called function is last looked at.
  ///
  /// @return -1 when it is not
  int testOf(CallNode call) {
    int last = -1;
    int holders = 1 << Register.RAX;
    for (int i = call.endPoint; i >= 0 && i < point && holders != 0; i++) {
      if (history.node(i) != function) {
        holders &= KEPT; // another function runs, which may use the others
        continue;
      }
      Instruction in = code.at(history.pc(i));
      if (in == null) {
        return last;
      }
      if (isTest(in) && readsAny(in, holders)) {
        last = i;
      }
      boolean copies = isMove(in) && isGeneral(in, 0) && holds(holders, in.register(0));
      holders &= ~in.writtenRegisters();
      if (copies && isGeneral(in, 1)) {
        holders |= 1 << in.register(1);
      }
    }
    return last;
  }

  private static boolean isTest(Instruction in) {
    return in.mnemonic().startsWith("test") || in.mnemonic().startsWith("cmp");
  }

  private static boolean isMove(Instruction in) {
    return in.mnemonic().startsWith("mov") && in.operandCount() == 2;
  }

  private static boolean isGeneral(Instruction in, int operand) {
    return in.kind(operand) == OperandKind.REGISTER
        && in.registerClass(operand) == RegisterClass.GENERAL
        && in.register(operand) < Register.COUNT;
  }

  private static boolean holds(int holders, int register) {
    return register >= 0 && (holders >> register & 1) != 0;
  }

  private static boolean readsAny(Instruction in, int holders) {
    for (int i = 0; i < in.operandCount(); i++) {
      if (isGeneral(in, i) && holds(holders, in.register(i))) {
        return true;
      }
    }
    return false;
  }

  /// Whether the instruction is only come to the way that was gone behind a comparison: nothing
  /// else was decided between, or none of the other ways leads to it. Where the code does not tell,
  /// because no jump goes by the comparison, it counts as so.
  boolean dependsOn(int test) {
    int branch = branchBehind(test);
    return branch < 0
        || isStraight(branch + 1)
        || !leadsAround(history.pc(branch), history.pc(branch + 1));
  }

  /// Whether a comparison was the last thing that decided it.
  boolean isDecidedBy(int test) {
    int branch = branchBehind(test);
    return branch >= 0 && isStraight(branch + 1);
  }

  /// Whether the other way of the jump behind a comparison gives the same value, with nothing else
  /// decided on it. Where that cannot be told, it counts as so.
  ///
  /// @param value what the function returned
  boolean sameOtherwise(int test, int value) {
    int branch = branchBehind(test);
    Instruction jump = branch < 0 ? null : code.at(history.pc(branch));
    if (jump == null || history.node(branch + 1) != function) {
      return true;
    }
    History.Walk walk = history.new Walk();
    walk.to(branch + 1);
    int holders = 0;
    for (int i = 0; i < Register.COUNT; i++) {
      holders |= (int) walk.before[i] == value ? 1 << i : 0;
    }
    long taken = history.pc(branch + 1);
    return leadsToSame(taken == jump.next() ? jump.target() : jump.next(), holders, value);
  }

  private boolean leadsToSame(long start, int holding, int value) {
    int holders = holding;
    int unknown = 0;
    long pc = start;
    for (int i = 0; i < MOST_STRAIGHT; i++) {
      Instruction in = code.at(pc);
      if (in == null || (pc == history.pc(point) && in.flow() == Flow.NEXT)) {
        return true;
      }
      switch (in.flow()) {
        case CONDITIONAL_JUMP -> {
          return false;
        }
        case RETURN -> {
          return holds(holders | unknown, Register.RAX);
        }
        case JUMP -> {
          if (!code.isPartOf(in.target(), function.address())) {
            return holds(holders | unknown, Register.RAX);
          }
          pc = in.target();
          continue;
        }
        case CALL, INDIRECT_CALL -> {
          holders &= KEPT;
          unknown &= KEPT;
        }
        case NEXT -> {
          boolean copies = isMove(in) && isGeneral(in, 0) && isGeneral(in, 1);
          boolean keeps = copies && holds(holders, in.register(0));
          boolean sets =
              isMove(in) && in.kind(0) == OperandKind.IMMEDIATE && (int) in.immediate(0) == value;
          boolean loads = isMove(in) && in.kind(0) == OperandKind.MEMORY && isGeneral(in, 1);
          boolean passes = copies && holds(unknown, in.register(0));
          int written = in.writtenRegisters();
          holders = keeps || sets ? holders | written : holders & ~written;
          unknown = loads || passes ? unknown | written : unknown & ~written;
        }
        default -> {
          return true;
        }
      }
      pc = in.next();
    }
    return true;
  }

  private int branchBehind(int test) {
    for (int i = test + 1; i < point && i <= test + NEAR && history.node(i) == function; i++) {
      Instruction in = code.at(history.pc(i));
      if (in == null || in.flow() == Flow.CONDITIONAL_JUMP) {
        return in == null ? -1 : i;
      }
    }
    return -1;
  }

  private boolean isStraight(int from) {
    for (int i = from; i < point; i++) {
      if (history.node(i) != function) {
        continue;
      }
      Instruction in = code.at(history.pc(i));
      if (in == null || in.flow() == Flow.CONDITIONAL_JUMP) {
        return false;
      }
    }
    return true;
  }

  /// Whether the function's code has a way to the instruction without one jump going one way.
  private boolean leadsAround(long branch, long taken) {
    long goal = history.pc(point);
    Set<Long> seen = new HashSet<>();
    Deque<Long> open = new ArrayDeque<>();
    open.push(function.address());
    while (!open.isEmpty() && seen.size() < MOST_INSTRUCTIONS) {
      long pc = open.pop();
      Instruction in = seen.add(pc) ? code.at(pc) : null;
      if (pc == goal) {
        return true;
      }
      if (in == null) {
        continue;
      }
      boolean jumps = in.flow() == Flow.JUMP || in.flow() == Flow.CONDITIONAL_JUMP;
      boolean goesOn =
          switch (in.flow()) {
            case NEXT, CALL, INDIRECT_CALL, CONDITIONAL_JUMP, SYSCALL, INTERRUPT -> true;
            case JUMP, INDIRECT_JUMP, RETURN, HALT, BAD -> false;
          };
      if (jumps
          && !(pc == branch && in.target() == taken)
          && code.isPartOf(in.target(), function.address())) {
        open.push(in.target());
      }
      if (goesOn && !(pc == branch && in.next() == taken)) {
        open.push(in.next());
      }
    }
    return false;
  }
}
