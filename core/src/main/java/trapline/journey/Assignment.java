package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;
import trapline.dwarf.DataType;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.Subprogram;
import trapline.dwarf.Variable;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;
import trapline.model.Unsupported;

/// What the caller did with a call's result.
///
/// @param text the assignment: `sfd = 3`; empty when none was seen
/// @param step index of the state before the instruction that stored the result; -1 when no
///     instruction did, because the variable is in the register that the call returns it in
record Assignment(String text, int step) {
  static final Assignment NONE = new Assignment("", -1);

  /// Follows the result from `rax` through the registers that it is copied to, to the first
  /// variable
  /// that receives it.
  ///
  /// @param image the caller's object file
  /// @param cfa the caller's canonical frame address
  /// @param entry what the caller itself was passed
  /// @param isAddress whether the result is an address: then integers, too, are shown as one
  static Assignment find(
      AddressSpace space,
      Image image,
      ReturnTrace trace,
      long cfa,
      EntryValues entry,
      boolean isAddress) {
    DebugInfo info = image.debugInfo();
    if (info == null) {
      return NONE;
    }
    try {
      return new Search(space, image, info, trace, cfa, entry, isAddress).run();
    } catch (MalformedBinary | Unsupported e) {
      return NONE;
    }
  }

  private static final class Search {
    private final AddressSpace space;
    private final Image image;
    private final DebugInfo info;
    private final ReturnTrace trace;
    private final long cfa;
    private final EntryValues entry;
    private final boolean isAddress;
    private final LinkAddress from;
    private final @Nullable Subprogram function;
    private final List<Lvalues.Load> loads = new ArrayList<>();
    private @Nullable Lvalues lvalues;
    private int lvaluesState = -1;

    /// How many bytes of the result each general register holds, by its hardware number.
    private final int[] held = {8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    /// Where the result was kept that is no variable, and how many bytes of it: without
    /// optimisation, what goes to an atomic variable is stored there first.
    private long kept;

    private int keptBytes;

    Search(
        AddressSpace space,
        Image image,
        DebugInfo info,
        ReturnTrace trace,
        long cfa,
        EntryValues entry,
        boolean isAddress) {
      this.entry = entry;
      this.space = space;
      this.image = image;
      this.info = info;
      this.trace = trace;
      this.cfa = cfa;
      this.isAddress = isAddress;
      this.from = link(trace.caller());
      this.function = info.subprogramAt(from).orElse(null);
    }

    private LinkAddress link(int state) {
      return image.link(new RemoteAddress(trace.states().get(state).instructionPointer()));
    }

    Assignment run() {
      String text = inRegister(trace.caller(), 0, from);
      for (int i = trace.caller(); text == null && isHeld() && i + 1 < trace.states().size(); i++) {
        Registers before = trace.states().get(i);
        Instruction instruction =
            FunctionCode.single(image, new RemoteAddress(before.instructionPointer()));
        if (instruction == null
            || instruction.flow() == Flow.CALL
            || instruction.flow() == Flow.INDIRECT_CALL) {
          return NONE;
        }
        text = step(instruction, before, i);
        if (text != null) {
          return new Assignment(text, i);
        }
      }
      return text == null ? NONE : new Assignment(text, -1);
    }

    private boolean isHeld() {
      if (keptBytes != 0) {
        return true;
      }
      for (int bytes : held) {
        if (bytes != 0) {
          return true;
        }
      }
      return false;
    }

    private @Nullable String step(Instruction instruction, Registers before, int i) {
      int last = instruction.operandCount() - 1;
      // An atomic variable is stored to by `xchg`, whose register then holds what was there.
      boolean exchange = last == 1 && instruction.mnemonic().startsWith("xchg");
      boolean move = exchange || (last == 1 && isMove(instruction.mnemonic()));
      boolean fromHolder =
          move
              && instruction.kind(0) == OperandKind.REGISTER
              && instruction.registerClass(0) == RegisterClass.GENERAL
              && held[instruction.register(0)] >= instruction.size(0);
      if (last >= 0
          && instruction.kind(last) == OperandKind.MEMORY
          && instruction.writes(last)
          && MemoryOperands.address(instruction, last, before) == kept) {
        keptBytes = 0;
      }
      if (fromHolder && instruction.kind(1) == OperandKind.MEMORY) {
        String text = stored(instruction, before, i);
        if (text == null) {
          kept = MemoryOperands.address(instruction, 1, before);
          keptBytes = instruction.size(0);
        }
        return text;
      }
      boolean toRegister =
          move
              && !exchange
              && instruction.kind(1) == OperandKind.REGISTER
              && instruction.registerClass(1) == RegisterClass.GENERAL;
      if (toRegister && instruction.kind(0) == OperandKind.MEMORY && instruction.size(0) == 8) {
        Registers after = trace.states().get(i + 1);
        loads.addFirst(
            new Lvalues.Load(
                MemoryOperands.address(instruction, 0, before),
                MemoryOperands.general(after, instruction.register(1))));
      }
      boolean fromKept =
          toRegister
              && instruction.kind(0) == OperandKind.MEMORY
              && keptBytes != 0
              && instruction.size(0) == keptBytes
              && MemoryOperands.address(instruction, 0, before) == kept;
      int copy = -1;
      if ((fromHolder && toRegister) || fromKept) {
        copy = instruction.register(1);
        // A register's upper half is cleared by what writes the lower one.
        held[copy] = instruction.size(1) >= 4 ? 8 : instruction.size(1);
      } else if (!isWidening(instruction.mnemonic())) {
        for (int register = 0; register < held.length; register++) {
          if ((instruction.writtenRegisters() & 1 << register) != 0) {
            held[register] = 0;
          }
        }
      }
      // A variable's place may be stated some instructions late.
      String text = null;
      for (int register = 0; register < 16 && text == null; register++) {
        if (held[register] != 0) {
          text = inRegister(i + 1, register, register == copy ? null : from);
        }
      }
      return text;
    }

    private static boolean isMove(String mnemonic) {
      return mnemonic.startsWith("mov") && !mnemonic.startsWith("movbe");
    }

    /// Whether an instruction sign-extends `rax` in place.
    private static boolean isWidening(String mnemonic) {
      return mnemonic.equals("cltq") || mnemonic.equals("cwtl");
    }

    private @Nullable String stored(Instruction instruction, Registers before, int i) {
      Lvalues lvalues = lvalues(i + 1);
      int size = instruction.size(0);
      long address = MemoryOperands.address(instruction, 1, before);
      Lvalues.Lvalue lvalue = lvalues.at(address, size, base(instruction, before));
      return lvalue == null
          ? null
          : text(lvalue, isAddress, MemoryOperands.general(before, instruction.register(0)));
    }

    /// The base register of a store, as a pointer that was used.
    private static Lvalues.@Nullable Base base(Instruction instruction, Registers before) {
      int base = instruction.base(1);
      return base < 0 || base >= Instruction.RIP
          ? null
          : new Lvalues.Base(
              MemoryOperands.dwarfNumber(base), MemoryOperands.general(before, base));
    }

    /// @param since a place that a variable has had for longer does not count; `null` for any
    private @Nullable String inRegister(int state, int register, @Nullable LinkAddress since) {
      Lvalues.Lvalue lvalue =
          lvalues(state).inRegister(MemoryOperands.dwarfNumber(register), since);
      return lvalue == null
          ? null
          : text(lvalue, isAddress, MemoryOperands.general(trace.states().get(state), register));
    }

    private Lvalues lvalues(int state) {
      Lvalues known = lvalues;
      if (known != null && lvaluesState == state) {
        return known;
      }
      Registers registers = trace.states().get(state);
      LinkAddress pc = link(state);
      // The instructions behind it may have changed where a variable is.
      RemoteMemory memory = trace.writes().at(state, space.memory());
      FrameValues values =
          new FrameValues(FrameValues.of(registers), memory, image, cfa, function, entry);
      List<Variable> locals = info.variablesAt(pc);
      known = new Lvalues(space, memory, image, info, pc, registers, values, locals, loads);
      lvalues = known;
      lvaluesState = state;
      return known;
    }
  }

  /// `fd = 3`; `null` when the type does not say how the bits are to be read.
  private static @Nullable String text(Lvalues.Lvalue lvalue, boolean isAddress, long bits) {
    DataType type = lvalue.layout().type();
    String value = isAddress && isNumber(type) ? "0x" + Long.toHexString(bits) : value(type, bits);
    return value == null ? null : lvalue.text() + " = " + value;
  }

  /// Whether a type is an integer that can hold an address.
  private static boolean isNumber(DataType type) {
    return type.byteSize() == 8
        && type.kind() == DataType.Kind.BASE
        && switch (type.encoding()) {
          case SIGNED, UNSIGNED -> true;
          default -> false;
        };
  }

  /// A value as gdb prints it.
  private static @Nullable String value(DataType type, long bits) {
    int size = (int) type.byteSize();
    if (size != 1 && size != 2 && size != 4 && size != 8) {
      return null;
    }
    int unused = 64 - 8 * size;
    long signed = bits << unused >> unused;
    long unsigned = bits << unused >>> unused;
    return switch (type.kind()) {
      case POINTER, REFERENCE -> unsigned == 0 ? "NULL" : "0x" + Long.toHexString(unsigned);
      case BASE, ENUMERATION ->
          switch (type.encoding()) {
            case FLOATING_POINT, OTHER -> null;
            case BOOLEAN ->
                unsigned == 0 ? "false" : unsigned == 1 ? "true" : Long.toUnsignedString(unsigned);
            case SIGNED -> Long.toString(signed);
            case SIGNED_CHARACTER -> character(signed);
            case UNSIGNED_CHARACTER -> character(unsigned);
            case ADDRESS -> "0x" + Long.toHexString(unsigned);
            case UNSIGNED, NONE -> Long.toUnsignedString(unsigned);
          };
      default -> null;
    };
  }

  private static String character(long code) {
    return code >= 0x20 && code < 0x7f ? code + " '" + (char) code + "'" : Long.toString(code);
  }
}
