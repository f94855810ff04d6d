package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.Subprogram;
import trapline.dwarf.Variable;
import trapline.dwarf.expression.Location;
import trapline.model.CodeLine;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;

/// Builds the return hop from the instructions that ran after the trap.
final class Returns {
  /// How far from the thread pointer thread-local storage may lie.
  private static final long TLS_REACH = 1 << 20;

  /// How many of the wrapper's instructions are shown.
  private static final int SHOWN = 10;

  private final AddressSpace space;
  private final CallStack stack;
  private final Wrappers.@Nullable Trap trap;
  private final ReturnTrace trace;
  private final long rax;

  Returns(AddressSpace space, CallStack stack, Wrappers.@Nullable Trap trap, ReturnTrace trace) {
    this.space = space;
    this.stack = stack;
    this.trap = trap;
    this.trace = trace;
    this.rax = trace.states().getFirst().rax();
  }

  /// What the branch behind the trap did: `jae not taken: no error`; empty when there is none.
  String branch() {
    if (trap == null || trap.branch() < 0) {
      return "";
    }
    Instruction branch = trap.code().get(trap.branch());
    List<Registers> states = trace.states();
    for (int i = 0; i + 1 < states.size(); i++) {
      if (states.get(i).rip() == branch.address()) {
        boolean taken = states.get(i + 1).rip() == branch.target();
        return branchText(branch, taken);
      }
    }
    return "";
  }

  private String branchText(Instruction branch, boolean taken) {
    return branch.mnemonic()
        + (taken ? " taken" : " not taken")
        + (Errnos.isError(rax) ? ": an error" : ": no error");
  }

  Hop hop() {
    String place = "";
    Assignment assignment = Assignment.NONE;
    if (trace.caller() >= 0) {
      RemoteAddress back = new RemoteAddress(trace.states().get(trace.caller()).rip());
      Image image = space.at(back);
      String described = image == null ? null : image.describe(image.link(back));
      place = described == null ? back.toString() : described;
      assignment = image == null ? Assignment.NONE : assignment(image, back);
    }
    List<CodeLine> code = new ArrayList<>();
    String errno = code(assignment, code);
    return new Hop.Return(
        Evidence.OBSERVED, rax, code, branch(), errno, assignment.text(), place, trace.ended());
  }

  /// What the caller did with the result.
  ///
  /// @param step index of the state before the instruction that did it; -1 when none was seen
  private record Assignment(String text, int step) {
    static final Assignment NONE = new Assignment("", -1);
  }

  /// Fills in the instructions that are shown: the wrapper's, in brief when they are many, and the
  /// caller's up to the one that stores the result.
  ///
  /// @return where errno was stored; empty when it was not
  private String code(Assignment assignment, List<CodeLine> into) {
    String errno = "";
    int inner = trace.caller() < 0 ? trace.states().size() - 1 : trace.caller();
    int last = assignment.step() < 0 ? inner - 1 : assignment.step();
    for (int i = 0; i <= last; i++) {
      Registers before = trace.states().get(i);
      RemoteAddress pc = new RemoteAddress(before.rip());
      Image image = space.at(pc);
      Instruction instruction = image == null ? null : FunctionCode.single(image, pc);
      if (image == null || instruction == null) {
        continue;
      }
      String note = i == assignment.step() ? assignment.text() : "";
      String store = i < inner ? errnoStore(instruction, before) : "";
      if (!store.isEmpty()) {
        errno = store;
        note = "errno = " + Errnos.of((int) -rax).name();
      }
      if (inner <= SHOWN || !note.isEmpty() || i < 3 || i >= inner - 1) {
        into.add(FunctionCode.line(image, instruction, note, false));
      }
    }
    return errno;
  }

  /// Where an instruction stored the error number, when it did: `%fs:0xffffffffffffffb8`.
  private String errnoStore(Instruction instruction, Registers before) {
    if (!Errnos.isError(rax)) {
      return "";
    }
    int last = instruction.operandCount() - 1;
    if (last < 1 || instruction.kind(last) != OperandKind.MEMORY || !instruction.writes(last)) {
      return "";
    }
    long stored;
    if (instruction.kind(0) == OperandKind.IMMEDIATE) {
      stored = instruction.immediate(0);
    } else if (instruction.kind(0) == OperandKind.REGISTER
        && instruction.registerClass(0) == RegisterClass.GENERAL) {
      stored = general(before, instruction.register(0));
    } else {
      return "";
    }
    long address = address(instruction, last, before);
    long offset = address - before.fsBase();
    if ((int) stored != (int) -rax || Math.abs(offset) > TLS_REACH) {
      return "";
    }
    return "%fs:0x" + Long.toHexString(offset);
  }

  /// The address of a memory operand.
  private static long address(Instruction instruction, int operand, Registers registers) {
    if (instruction.base(operand) == Instruction.RIP) {
      return instruction.ripTarget();
    }
    long address = instruction.displacement(operand);
    if (instruction.base(operand) >= 0) {
      address += general(registers, instruction.base(operand));
    }
    if (instruction.index(operand) >= 0) {
      address += general(registers, instruction.index(operand)) * instruction.scale(operand);
    }
    return switch (instruction.segment(operand)) {
      case 4 -> address + registers.fsBase();
      case 5 -> address + registers.gsBase();
      default -> address;
    };
  }

  /// A general register by its hardware number.
  private static long general(Registers registers, int number) {
    return registers.dwarf(DWARF_NUMBER[number]);
  }

  /// DWARF's number (psABI AMD64, figure 3.36) for each hardware number.
  private static final int[] DWARF_NUMBER = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

  /// The variable of the caller that received the result, when one is seen to: `sfd = 3`.
  private Assignment assignment(Image image, RemoteAddress back) {
    DebugInfo info = image.debugInfo();
    if (info == null || trace.caller() + 1 >= trace.states().size()) {
      return Assignment.NONE;
    }
    try {
      LinkAddress from = image.link(back);
      Subprogram function = info.subprogramAt(from).orElse(null);
      Registers start = trace.states().get(trace.caller());
      long result = start.rax();
      long cfa = stack.callFrame().cfa().value();
      for (int i = trace.caller(); i + 1 < trace.states().size(); i++) {
        Registers before = trace.states().get(i);
        Registers after = trace.states().get(i + 1);
        RemoteAddress pc = new RemoteAddress(before.rip());
        Instruction instruction = FunctionCode.single(image, pc);
        if (instruction == null) {
          return Assignment.NONE;
        }
        LinkAddress next = image.link(new RemoteAddress(after.rip()));
        FrameValues values = new FrameValues(after, space.memory(), image, cfa, function);
        for (Variable variable : info.variablesAt(next)) {
          if (receives(variable, instruction, before, after, values, from, next, result)) {
            return new Assignment(variable.name() + " = " + text(variable, result), i);
          }
        }
        if (instruction.flow() == Flow.CALL || instruction.flow() == Flow.INDIRECT_CALL) {
          return Assignment.NONE;
        }
      }
    } catch (MalformedBinary | Unsupported e) {
      return Assignment.NONE;
    }
    return Assignment.NONE;
  }

  /// Whether an instruction put the result into a variable's place.
  private static boolean receives(
      Variable variable,
      Instruction instruction,
      Registers before,
      Registers after,
      FrameValues values,
      LinkAddress from,
      LinkAddress next,
      long result) {
    Location location = values.locate(variable, next);
    int last = instruction.operandCount() - 1;
    if (location instanceof Location.Memory memory) {
      return last >= 1
          && instruction.kind(last) == OperandKind.MEMORY
          && instruction.writes(last)
          && instruction.kind(0) == OperandKind.REGISTER
          && instruction.registerClass(0) == RegisterClass.GENERAL
          && address(instruction, last, before) == memory.address()
          && fits(general(before, instruction.register(0)), result, instruction.size(0));
    }
    if (location instanceof Location.Register register
        && register.number() < Registers.DWARF_COUNT) {
      // In a register only when its description begins here: it was something else before.
      trapline.dwarf.AddressRange range = variable.locations().rangeAt(next);
      return range != null
          && Long.compareUnsigned(range.start().value(), from.value()) >= 0
          && Long.compareUnsigned(range.start().value(), next.value()) <= 0
          && fits(after.dwarf(register.number()), result, 4);
    }
    return false;
  }

  private static boolean fits(long value, long result, int size) {
    return size >= 8 ? value == result : (int) value == (int) result;
  }

  private static String text(Variable variable, long result) {
    long size = variable.type().byteSize();
    boolean signed = variable.type().signed();
    if (size == 8) {
      return switch (variable.type().kind()) {
        case POINTER -> result == 0 ? "NULL" : "0x" + Long.toHexString(result);
        default -> signed ? Long.toString(result) : Long.toUnsignedString(result);
      };
    }
    return signed ? Integer.toString((int) result) : Integer.toUnsignedString((int) result);
  }
}
