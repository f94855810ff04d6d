package trapline.unwind;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.Evidence;
import trapline.model.MalformedBinary;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.model.Unsupported;

/// Walks a stopped thread's stack.
///
/// Each caller is found by the first of these that applies:
///
/// 1. a row of the object file's call frame tables;
/// 2. the code of a signal's return path, by its bytes, and the registers that the kernel saved;
/// 3. the function's instructions, which tell how deep the stack is (`inferred`);
/// 4. the frame pointer chain (`inferred`).
///
/// What the last two find is taken only when it follows a call instruction.
public final class Unwinder {
  /// How often a walk may pass to a lower address without a signal: split stacks and coroutines.
  private static final int MAX_STACK_SWITCHES = 64;

  private static final long CLONE = 56;
  private static final long CLONE3 = 435;
  private static final Evidence CALLED_NOWHERE =
      new Evidence.Inferred("return address of a call to an address without code");

  private final PageCache memory;
  private final UnwindModules modules;
  private final ReturnAddresses returnAddresses;
  private final DecodingBudget budget = new DecodingBudget();
  private final List<PhysicalFrame> frames = new ArrayList<>();
  private final boolean newborn;
  private int stackSwitches;

  private Unwinder(Registers registers, RemoteMemory memory, UnwindModules modules) {
    this.memory = new PageCache(memory);
    this.modules = modules;
    this.returnAddresses = new ReturnAddresses(this.memory);
    this.newborn =
        registers.result() == 0
            && (registers.number() == CLONE || registers.number() == CLONE3)
            && isBehindTrap(registers);
  }

  private boolean isBehindTrap(Registers registers) {
    int length = registers.architecture().restartLength();
    byte[] code = memory.readExactly(registers.instructionPointer() - length, length);
    return code != null && !registers.architecture().trapAt(code, 0).isEmpty();
  }

  /// The frames of a stopped thread.
  ///
  /// @param registers of the thread, as it stopped
  /// @param memory of the program; also its code, which is read where no table covers it
  /// @param modules the program's mapped object files
  /// @param limit how many frames to return at most; at least 1
  public static Stack unwind(
      Registers registers, RemoteMemory memory, UnwindModules modules, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("no frames asked for: " + limit);
    }
    Unwinder unwinder = new Unwinder(registers, memory, modules);
    String end = unwinder.walk(FrameRegisters.of(registers), limit);
    return new Stack(unwinder.frames, end, unwinder.memory.kept());
  }

  /// @return why the walk ended; empty at the thread's start
  private String walk(FrameRegisters innermost, int limit) {
    FrameRegisters registers = innermost;
    Evidence evidence = Evidence.OBSERVED;
    boolean exact = true;
    long previousCfa = 0;
    boolean mayShrink = true;
    while (true) {
      long pc = registers.value(FrameRegisters.INSTRUCTION_POINTER);
      long lookupPc = exact ? pc : pc - 1;
      UnwindModule module = modules.at(new RemoteAddress(lookupPc));
      Caller caller = caller(pc, exact, registers, module);
      long cfa =
          switch (caller) {
            case Caller.Found found -> found.cfa();
            case Caller.None none -> none.cfa();
            case Caller.Lost _ -> 0;
          };
      boolean signal = caller instanceof Caller.Found found && found.signal();
      frames.add(
          new PhysicalFrame(
              new RemoteAddress(pc),
              new RemoteAddress(signal ? pc : lookupPc),
              new RemoteAddress(cfa),
              registers,
              signal,
              false,
              module == null ? "" : module.name(),
              evidence));
      switch (caller) {
        case Caller.None _ -> {
          return "";
        }
        case Caller.Lost lost -> {
          return lost.reason();
        }
        case Caller.Found found -> {
          boolean grows = Long.compareUnsigned(cfa, previousCfa) > 0;
          if (!grows && !mayShrink && !found.switchesStack()) {
            return "the caller's frame is not above this one: the stack is damaged";
          }
          if (!grows && !signal && frames.size() > 1 && ++stackSwitches > MAX_STACK_SWITCHES) {
            return "the stack is circular";
          }
          long returnAddress = found.registers().value(FrameRegisters.INSTRUCTION_POINTER);
          if (returnAddress == 0 && !signal) {
            return "";
          }
          if (frames.size() == limit) {
            return "only " + limit + " frames were asked for";
          }
          registers = found.registers();
          evidence = found.evidence();
          exact = signal;
          mayShrink = found.switchesStack();
          previousCfa = cfa;
        }
      }
    }
  }

  private Caller caller(
      long pc, boolean exact, FrameRegisters registers, @Nullable UnwindModule module) {
    String defect = "";
    if (module != null) {
      try {
        FrameRow row = row(module, pc, exact);
        if (row != null) {
          return new TableStep(row, registers, memory, module).caller();
        }
      } catch (MalformedBinary | Unsupported damaged) {
        String why = String.valueOf(damaged.getMessage());
        defect = "; " + why;
        module.damaged("its call frame information cannot be read: " + why);
      }
    }
    if (SignalTrampoline.isAt(pc, exact, memory)) {
      return SignalTrampoline.caller(registers, memory, module == null ? "" : module.name());
    }
    if (pc == 0 || memory.readExactly(pc, 1) == null) {
      return calledNowhere(pc, exact, registers);
    }
    Caller read =
        new CodeStep(registers, pc, exact, memory, modules, module, returnAddresses, budget)
            .caller(exact && newborn);
    if (read != null) {
      return read;
    }
    Caller.Found chained = FramePointerChain.caller(registers, memory, returnAddresses);
    if (chained != null) {
      return chained;
    }
    return new Caller.Lost(
        (module == null
                ? "the code at 0x" + Long.toHexString(pc) + " is of no object file"
                : module.name()
                    + " has no unwind table for 0x"
                    + Long.toHexString(pc - module.loadBias()))
            + defect);
  }

  /// The caller of a function that is not there: the call pushed the return address, and nothing
  /// was run since.
  private Caller calledNowhere(long pc, boolean exact, FrameRegisters registers) {
    if (exact && registers.isKnown(FrameRegisters.STACK_POINTER)) {
      long slot = registers.value(FrameRegisters.STACK_POINTER);
      Long returnAddress = memory.word(slot);
      if (returnAddress != null && returnAddresses.plausible(returnAddress)) {
        FrameRegisters.Builder caller = new FrameRegisters.Builder();
        for (int number = 0; number < FrameRegisters.COUNT; number++) {
          if ((FrameRegisters.PRESERVED >> number & 1) != 0) {
            caller.copy(registers, number);
          }
        }
        caller.set(FrameRegisters.STACK_POINTER, slot + 8);
        caller.set(FrameRegisters.INSTRUCTION_POINTER, returnAddress);
        return new Caller.Found(slot + 8, caller.build(), false, false, CALLED_NOWHERE);
      }
    }
    return new Caller.Lost("there is no code at 0x" + Long.toHexString(pc));
  }

  /// The row for a frame, from the first table that covers it.
  ///
  /// @return `null` when none does
  private @Nullable FrameRow row(UnwindModule module, long pc, boolean exact) {
    long linkPc = pc - module.loadBias();
    for (CallFrameInfo table : module.tables()) {
      FrameRow row = table.row(exact ? linkPc : linkPc - 1);
      if (row == null) {
        continue;
      }
      if (!exact
          && !row.description().signal()
          && linkPc == row.description().end()
          && SignalTrampoline.isAt(pc, false, memory)) {
        return null; // The table is about the function before the trampoline.
      }
      return row;
    }
    return null;
  }
}
