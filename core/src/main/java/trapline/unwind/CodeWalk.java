package trapline.unwind;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.X86Decoder;

/// Follows machine code along all its branches without running it, keeping track of where the
/// stack pointer and saved registers are. Called functions are taken to return with the stack as
/// it was.
final class CodeWalk {
  /// How many instructions one walk looks at: more than the largest functions have.
  private static final int MAX_INSTRUCTIONS = 16_384;

  private static final TrackedValue EXIT = TrackedValue.constant(60);
  private static final TrackedValue EXIT_GROUP = TrackedValue.constant(231);

  /// Looks at each instruction that is reached.
  interface Visitor {
    /// @param state as it is before the instruction
    /// @return whether the walk is to end here
    boolean visit(Instruction instruction, TrackedState state);
  }

  private record Start(long address, TrackedState state) {}

  private final PageCache memory;
  private final DecodingBudget budget;
  private final X86Decoder decoder = new X86Decoder();
  private final Instruction instruction = new Instruction();
  private final byte[] code = new byte[X86Decoder.MAX_LENGTH];
  private final Set<Long> seen = new HashSet<>();
  private final long rangeStart;
  private final long rangeEnd;

  /// Branches to follow before code that only a return from a call reaches: such a call may never
  /// return, and what stands behind it may be another function.
  private Deque<Start> pending = new ArrayDeque<>();

  private Deque<Start> afterCalls = new ArrayDeque<>();
  private int callsPassed;
  private boolean halts;
  private long trapped;
  private boolean leaves;

  /// @param rangeStart the function's first instruction; falling out of the range at its end is
  ///     not followed
  /// @param rangeEnd after its last instruction; equal to `rangeStart` when the range is not known
  CodeWalk(PageCache memory, DecodingBudget budget, long rangeStart, long rangeEnd) {
    this.memory = memory;
    this.budget = budget;
    this.rangeStart = rangeStart;
    this.rangeEnd = rangeEnd;
  }

  /// Walks from an instruction until the visitor ends it or there is nothing left to follow.
  void walk(long from, Visitor visitor) {
    pending.add(new Start(from, TrackedState.initial()));
    while (true) {
      Start start = pending.poll();
      if (start == null) {
        if (afterCalls.isEmpty()) {
          return;
        }
        Deque<Start> next = afterCalls;
        afterCalls = pending;
        pending = next;
        callsPassed++;
      } else if (straightOn(start.address(), start.state(), visitor)) {
        return;
      }
    }
  }

  /// Says where the thread stands behind a trap: it has not ended there yet.
  CodeWalk trappedAt(long pc) {
    trapped = pc;
    return this;
  }

  /// How many returns from calls every path to the visited instruction relies on.
  int callsPassed() {
    return callsPassed;
  }

  /// Whether every path ran into `hlt`, which no program survives, or into the system call that
  /// ends the thread: code that is never left, as where a thread starts.
  boolean onlyHalts() {
    return halts && !leaves;
  }

  /// Follows one path up to where it ends, branches to what was seen, or passes a call.
  ///
  /// @return whether the visitor ended the walk
  private boolean straightOn(long from, TrackedState state, Visitor visitor) {
    long at = from;
    while (true) {
      if (!seen.add(at)) {
        return false;
      }
      if (seen.size() > MAX_INSTRUCTIONS || !budget.take() || !decode(at)) {
        leaves = true;
        return false;
      }
      if (visitor.visit(instruction, state)) {
        return true;
      }
      long next = instruction.next();
      Flow flow = instruction.flow();
      switch (flow) {
        case RETURN, INTERRUPT, BAD -> {
          leaves = true;
          return false;
        }
        case HALT -> {
          if (instruction.mnemonic().equals("hlt")) {
            halts = true;
          } else {
            leaves = true;
          }
          return false;
        }
        case SYSCALL -> {
          if (next != trapped && endsThread(state.register(TrackedState.RAX))) {
            halts = true;
            return false;
          }
          state.execute(instruction);
        }
        case JUMP -> next = instruction.target();
        case INDIRECT_JUMP -> {
          Long target = indirectTarget(state);
          if (target == null) {
            leaves = true;
            return false;
          }
          next = target;
        }
        case CONDITIONAL_JUMP -> pending.add(new Start(instruction.target(), state.copy()));
        default -> {
          boolean call = flow == Flow.CALL || flow == Flow.INDIRECT_CALL;
          if (flow == Flow.CALL && instruction.target() == next) {
            state.push(TrackedValue.constant(next));
          } else {
            state.execute(instruction);
            if (call) {
              if (inRange(next)) {
                afterCalls.add(new Start(next, state));
              } else {
                leaves = true;
              }
              return false;
            }
          }
        }
      }
      boolean jumped = flow == Flow.JUMP || flow == Flow.INDIRECT_JUMP;
      if (!jumped && !inRange(next)) {
        leaves = true;
        return false;
      }
      at = next;
    }
  }

  private static boolean endsThread(TrackedValue number) {
    return number.equals(EXIT) || number.equals(EXIT_GROUP);
  }

  private boolean inRange(long address) {
    return rangeStart == rangeEnd || address != rangeEnd;
  }

  private @org.jspecify.annotations.Nullable Long indirectTarget(TrackedState state) {
    TrackedValue target = state.value(instruction, 0);
    if (target.base() != TrackedValue.CONSTANT) {
      return null;
    }
    if (!target.loaded()) {
      return target.offset();
    }
    Long word = memory.word(target.offset());
    return word == null ? null : Long.valueOf(word + target.addend());
  }

  private boolean decode(long address) {
    int count = memory.read(address, code, 0, code.length);
    return count > 0 && decoder.decode(code, 0, count, address, instruction);
  }
}
