package trapline.unwind;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;
import trapline.code.X86Decoder;
import trapline.model.Evidence;
import trapline.model.RemoteAddress;

/// Finds a frame's caller by reading the function's instructions, where no table describes it.
///
/// Four rules, each of which must lead to a return address that follows a call instruction:
///
/// 1. from the function's start, as its symbol says, forward to here: what was pushed so far;
/// 2. from here forward to a return instruction: what will be popped;
/// 3. from the target of a call whose return address is on the stack forward to here, when that
///    makes exactly this depth: for functions that never return;
/// 4. the same from where a function seems to start, behind a jump or a return, for those that are
///    called through a pointer.
///
/// Behind a call that never returns stands other code, which the second rule cannot know: a result
/// that relies on a call's return is only taken after the third and fourth rule, unless the call
/// on the stack confirms it.
final class CodeStep {
  private static final int[] DWARF = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
  private static final int SCANNED_WORDS = 1024;
  private static final int MAX_SCAN_WALKS = 24;
  private static final int GUESSED_RANGE = 4096;
  private static final int MAX_GUESSES = 64;
  private static final int MAX_RETURNS = 64;

  /// How many instructions, and how many calls, start code has at most.
  private static final int MAX_START_CODE = 64;

  private static final int MAX_START_CALLS = 4;

  private static final Evidence FROM_START =
      new Evidence.Inferred("stack depth counted from the function's first instruction");
  private static final Evidence TO_RETURN =
      new Evidence.Inferred("stack depth counted to the return instruction");
  private static final Evidence FROM_GUESS =
      new Evidence.Inferred("stack depth counted from where the function seems to start");
  private static final Evidence FROM_CALL =
      new Evidence.Inferred("call on the stack that leads to this instruction");

  private final FrameRegisters registers;
  private final long pc;
  private final boolean exact;
  private final PageCache memory;
  private final UnwindModules modules;
  private final @Nullable UnwindModule module;
  private final ReturnAddresses returnAddresses;
  private final DecodingBudget budget;
  private boolean switchesStack;
  private long rangeStart;
  private long rangeEnd;

  /// @param exact whether `pc` is the next instruction, not a return address
  CodeStep(
      FrameRegisters registers,
      long pc,
      boolean exact,
      PageCache memory,
      UnwindModules modules,
      @Nullable UnwindModule module,
      ReturnAddresses returnAddresses,
      DecodingBudget budget) {
    this.budget = budget;
    this.registers = registers;
    this.pc = pc;
    this.exact = exact;
    this.memory = memory;
    this.modules = modules;
    this.module = module;
    this.returnAddresses = returnAddresses;
  }

  /// The caller.
  ///
  /// @param newborn whether the thread just came into being here: its stack is then empty unless
  ///     it is a copy
  /// @return `null` when no rule applies
  @Nullable Caller caller(boolean newborn) {
    if (!registers.isKnown(FrameRegisters.STACK_POINTER)) {
      return null;
    }
    if (startedHere(0)) {
      return new Caller.None(0);
    }
    findRange();
    Caller.Found counted = rangeStart == rangeEnd ? null : fromStart(rangeStart);
    if (counted != null) {
      return counted;
    }
    List<Caller.Found> ways = new ArrayList<>();
    List<Caller.Found> waysAfterCalls = new ArrayList<>();
    CodeWalk walk = new CodeWalk(memory, budget, rangeStart, rangeEnd);
    walk.walk(
        pc,
        (instruction, state) -> {
          if (instruction.flow() == Flow.RETURN) {
            Caller.Found way = atReturn(state);
            if (way != null) {
              (walk.callsPassed() == 0 ? ways : waysAfterCalls).add(way);
            }
          }
          return ways.size() + waysAfterCalls.size() == MAX_RETURNS;
        });
    if (!ways.isEmpty()) {
      return agreed(ways);
    }
    if (newborn) {
      return new Caller.None(0);
    }
    waysAfterCalls.removeIf(way -> !aligned(way));
    Caller.Found likely = waysAfterCalls.isEmpty() ? null : agreed(waysAfterCalls);
    if (likely != null && isConfirmed(likely)) {
      return likely;
    }
    Caller.Found called = fromCallOnStack();
    if (called != null) {
      return called;
    }
    if (!exact && walk.onlyHalts()) {
      return new Caller.None(0);
    }
    // A dynamic linker's start code calls its functions one after the other.
    if (likely == null && rangeStart == rangeEnd && startedHere(MAX_START_CALLS)) {
      return new Caller.None(0);
    }
    Caller.Found guessed = fromGuessedStart();
    if (guessed == null && switchesStack) {
      // What lies above is of whoever used this stack before.
      return new Caller.Lost(
          "the function at 0x" + Long.toHexString(pc) + " has switched to another stack");
    }
    return guessed != null && (likely == null || likely.cfa() != guessed.cfa()) ? guessed : likely;
  }

  /// Whether the frame address is one that the psABI (section 3.2.2) allows at a call.
  private static boolean aligned(Caller.Found way) {
    return (way.cfa() & 15) == 0;
  }

  /// Whether the call that made the frame is known to lead here with the stack as deep as found.
  private boolean isConfirmed(Caller.Found way) {
    long target = returnAddresses.target(way.registers().value(FrameRegisters.INSTRUCTION_POINTER));
    return target != 0 && fromStart(target, newWalk(0, 0), way.cfa() - 8, FROM_CALL) != null;
  }

  /// Whether this is the code where the object file, and so the process, started.
  ///
  /// @param calls how many calls may lie between the first instruction and here: most start code
  ///     calls once and expects no return, so what follows may be another function
  private boolean startedHere(int calls) {
    if (module == null || module.entryPoint() == 0) {
      return false;
    }
    long entry = module.entryPoint() + module.loadBias();
    boolean[] reached = new boolean[1];
    int[] steps = new int[1];
    int[] passed = new int[1];
    new CodeWalk(memory, budget, 0, 0)
        .walk(
            entry,
            (instruction, state) -> {
              reached[0] = isHere(instruction);
              return reached[0]
                  || (isCall(instruction) && ++passed[0] > calls)
                  || ++steps[0] > MAX_START_CODE;
            });
    return reached[0];
  }

  private void findRange() {
    if (module == null) {
      return;
    }
    long linkPc = pc - module.loadBias();
    UnwindModule.FunctionRange range =
        module.functionAt(new trapline.model.LinkAddress(exact ? linkPc : linkPc - 1));
    if (range != null && range.size() > 0) {
      rangeStart = range.start() + module.loadBias();
      rangeEnd = rangeStart + range.size();
    }
  }

  private Caller.@Nullable Found fromStart(long start) {
    return fromStart(start, newWalk(rangeStart, rangeEnd), 0, FROM_START);
  }

  /// A walk to here, which may be right behind the system call that ends the thread.
  private CodeWalk newWalk(long start, long end) {
    return new CodeWalk(memory, budget, start, end).trappedAt(exact ? pc : 0);
  }

  /// @param expectedSlot where the return address must be; 0 for anywhere
  private Caller.@Nullable Found fromStart(
      long start, CodeWalk walk, long expectedSlot, Evidence rule) {
    TrackedState[] here = new TrackedState[1];
    boolean[] loads = new boolean[1];
    walk.walk(
        start,
        (instruction, state) -> {
          if (isHere(instruction)) {
            here[0] = state;
          }
          loads[0] |= loadsStackPointer(instruction);
          return here[0] != null;
        });
    TrackedState state = here[0];
    if (state == null) {
      return null;
    }
    Long slot = returnSlot(state);
    switchesStack |= slot == null && loads[0];
    if (slot == null || (expectedSlot != 0 && slot != expectedSlot)) {
      return null;
    }
    FrameRegisters.Builder caller = new FrameRegisters.Builder();
    for (int number = 0; number < DWARF.length; number++) {
      if ((FrameRegisters.PRESERVED >> DWARF[number] & 1) != 0) {
        if (state.register(number).isInitial(number)) {
          caller.copy(registers, DWARF[number]);
        } else {
          restoreSaved(caller, state, number, slot);
        }
      }
    }
    return found(slot, caller, rule);
  }

  /// Where the return address is, given how far registers are from it at this instruction.
  private @Nullable Long returnSlot(TrackedState state) {
    for (int number : new int[] {TrackedState.RSP, TrackedState.RBP, 3, 12, 13, 14, 15, 10}) {
      TrackedValue value = state.register(number);
      if (value.isRelativeTo(TrackedState.RSP) && registers.isKnown(DWARF[number])) {
        return registers.value(DWARF[number]) - value.offset();
      }
    }
    return null;
  }

  private void restoreSaved(
      FrameRegisters.Builder caller, TrackedState state, int number, long slot) {
    TrackedValue saved = state.saved(number);
    Long value = saved == null ? null : memory.word(slot + saved.offset());
    if (value != null) {
      caller.set(DWARF[number], value);
    }
  }

  /// The caller, given the state at a return instruction that is ahead.
  private Caller.@Nullable Found atReturn(TrackedState state) {
    Long slot = now(state.register(TrackedState.RSP));
    if (slot == null) {
      return null;
    }
    FrameRegisters.Builder caller = new FrameRegisters.Builder();
    for (int number = 0; number < DWARF.length; number++) {
      if ((FrameRegisters.PRESERVED >> DWARF[number] & 1) != 0) {
        Long value = now(state.register(number));
        if (value != null) {
          caller.set(DWARF[number], value);
        }
      }
    }
    return found(slot, caller, TO_RETURN);
  }

  /// The value that a tracked value has with this frame's registers.
  private @Nullable Long now(TrackedValue value) {
    if (value.isUnknown()) {
      return null;
    }
    long number = value.offset();
    if (value.base() != TrackedValue.CONSTANT) {
      if (!registers.isKnown(DWARF[value.base()])) {
        return null;
      }
      number += registers.value(DWARF[value.base()]);
    }
    if (!value.loaded()) {
      return number;
    }
    Long word = memory.word(number);
    return word == null ? null : Long.valueOf(word + value.addend());
  }

  /// The way that most return instructions agree on; the first of equals, which passes the fewest
  /// calls.
  private static Caller.Found agreed(List<Caller.Found> ways) {
    Caller.Found best = ways.get(0);
    int most = 0;
    for (Caller.Found way : ways) {
      int same = 0;
      for (Caller.Found other : ways) {
        same += other.cfa() == way.cfa() ? 1 : 0;
      }
      if (same > most) {
        most = same;
        best = way;
      }
    }
    return best;
  }

  private Caller.@Nullable Found fromCallOnStack() {
    long stack = registers.value(FrameRegisters.STACK_POINTER);
    int walks = 0;
    for (int i = 0; i < SCANNED_WORDS && walks < MAX_SCAN_WALKS && budget.take(); i++) {
      long slot = stack + 8L * i;
      Long word = memory.word(slot);
      if (word == null) {
        break;
      }
      if (modules.at(new RemoteAddress(word - 1)) == null || !returnAddresses.plausible(word)) {
        continue;
      }
      long target = returnAddresses.target(word);
      if (target == 0) {
        continue;
      }
      walks++;
      Caller.Found found = fromStart(target, newWalk(0, 0), slot, FROM_CALL);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /// Tries the places before here where a function may start: code that nothing falls into.
  private Caller.@Nullable Found fromGuessedStart() {
    List<Long> starts = new ArrayList<>();
    Instruction instruction = new Instruction();
    X86Decoder decoder = new X86Decoder();
    byte[] code = memory.readExactly(pc - GUESSED_RANGE, GUESSED_RANGE);
    if (code == null) {
      return null;
    }
    boolean fallenInto = true;
    int at = 0;
    // Decoding that starts in the middle of an instruction falls into step soon.
    while (at < code.length && budget.take()) {
      long address = pc - code.length + at;
      boolean valid = decoder.decode(code, at, code.length, address, instruction);
      at += Math.max(instruction.length(), 1);
      if (!valid) {
        fallenInto = true;
        continue;
      }
      Flow flow = instruction.flow();
      if ((flow == Flow.NEXT && instruction.mnemonic().startsWith("nop"))
          || instruction.mnemonic().equals("int3")) {
        continue; // Padding belongs to neither function.
      }
      if (!fallenInto) {
        starts.add(address);
      }
      fallenInto =
          switch (flow) {
            case JUMP, INDIRECT_JUMP, RETURN, HALT -> false;
            default -> true;
          };
    }
    for (int i = starts.size() - 1; i >= 0 && i >= starts.size() - MAX_GUESSES; i--) {
      Caller.Found found = fromStart(starts.get(i), newWalk(0, 0), 0, FROM_GUESS);
      if (found == null && switchesStack) {
        return null;
      }
      if (found != null
          && aligned(found)
          && found.cfa() > registers.value(FrameRegisters.STACK_POINTER)) {
        return found;
      }
    }
    return null;
  }

  private Caller.@Nullable Found found(long slot, FrameRegisters.Builder caller, Evidence rule) {
    Long returnAddress = memory.word(slot);
    if (returnAddress == null || !returnAddresses.plausible(returnAddress)) {
      return null;
    }
    caller.set(FrameRegisters.STACK_POINTER, slot + 8);
    caller.set(FrameRegisters.INSTRUCTION_POINTER, returnAddress);
    return new Caller.Found(slot + 8, caller.build(), false, false, rule);
  }

  private static boolean loadsStackPointer(Instruction instruction) {
    return instruction.mnemonic().startsWith("mov")
        && instruction.operandCount() == 2
        && instruction.kind(0) == OperandKind.MEMORY
        && instruction.kind(1) == OperandKind.REGISTER
        && instruction.registerClass(1) == RegisterClass.GENERAL
        && instruction.size(1) == 8
        && instruction.register(1) == TrackedState.RSP;
  }

  private boolean isHere(Instruction instruction) {
    return exact ? instruction.address() == pc : instruction.next() == pc && isCall(instruction);
  }

  private static boolean isCall(Instruction instruction) {
    return instruction.flow() == Flow.CALL || instruction.flow() == Flow.INDIRECT_CALL;
  }
}
