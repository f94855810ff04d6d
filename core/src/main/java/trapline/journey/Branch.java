package trapline.journey;

import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;
import trapline.elf.GotSlot;
import trapline.elf.PltStub;
import trapline.elf.Section;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;

/// Where a call or jump leads, as far as the code tells: straight to an address, through the
/// procedure linkage table, through a slot of the global offset table, or through a register that
/// was read from such a slot. Thunks (the `-mindirect-branch` of gcc, clang's retpolines) are
/// looked through.
///
/// @param image the object file that the instruction is in
/// @param direct the address that the instruction states, behind thunks; `null` when it states none
/// @param stub the linkage stub there; `null` when there is none
/// @param slot the slot that holds the target's address; `null` when none does
/// @param word where the target's address is read, be it a slot or not; `null` when that is not
///     known
/// @param register the register that the address goes through, such as `%rax`; empty when it does
///     not
/// @param thunk whether a thunk makes the jump
record Branch(
    Image image,
    @Nullable RemoteAddress direct,
    @Nullable PltStub stub,
    @Nullable GotSlot slot,
    @Nullable RemoteAddress word,
    String register,
    boolean thunk) {
  private static final String[] NAMES = {
    "%rax", "%rcx", "%rdx", "%rbx", "%rsp", "%rbp", "%rsi", "%rdi", "%r8", "%r9", "%r10", "%r11",
    "%r12", "%r13", "%r14", "%r15"
  };

  private static final int RSP = 4;

  /// The registers that a called function must leave as they were: rbx, rbp, r12 to r15.
  private static final int PRESERVED = 1 << 3 | 1 << 5 | 0xf000;

  /// How far back a register's source is looked for, in instructions.
  private static final int MOST_STUBS = 4;
  private static final int REACH = 256;

  private static final int THUNK = 96;

  /// @param index of the call or jump in `code`
  static Branch of(FunctionCode code, int index, Image image) {
    Instruction instruction = code.get(index);
    switch (instruction.flow()) {
      case CALL, JUMP, CONDITIONAL_JUMP -> {
        if (isInlineThunk(code, index)) {
          int register = overwrittenReturn(code, code.indexOf(instruction.target()));
          return throughRegister(code, index, register, image, true);
        }
        RemoteAddress target = new RemoteAddress(instruction.target());
        int register = thunkRegister(image, target);
        if (register >= 0) {
          return throughRegister(code, entered(code, index), register, image, true);
        }
        PltStub stub = stubAt(image, target);
        return new Branch(image, target, stub, stub == null ? null : stub.slot(), null, "", false);
      }
      case INDIRECT_CALL, INDIRECT_JUMP -> {
        if (instruction.hasRipTarget()) {
          return throughWord(image, instruction.ripTarget(), "", false);
        }
        if (isWholeRegister(instruction, 0)) {
          return throughRegister(code, index, instruction.register(0), image, false);
        }
      }
      default -> {}
    }
    return unknown(image, "", false);
  }

  /// Whether a call is the jump of a thunk that stands in the function itself: what it pushes is
  /// overwritten with the target, and returned to.
  static boolean isInlineThunk(FunctionCode code, int index) {
    Instruction call = code.get(index);
    return call.flow() == Flow.CALL && overwrittenReturn(code, code.indexOf(call.target())) >= 0;
  }

  /// Whether the same function is reached every time.
  boolean isFixed() {
    return direct != null || slot != null;
  }

  /// The function that is reached as slots are now; `null` when that is not known.
  @Nullable RemoteAddress target(AddressSpace space) {
    if (slot == null && word == null) {
      return stub == null ? direct : null;
    }
    RemoteAddress at = slot != null ? image.remote(slot.address()) : word;
    return at == null ? null : held(image, at, slot, space, 0);
  }

  /// Where the pointer at a place leads. In a program at a fixed address that takes a library
  /// function's address, the function is known to all by the program's own stub of it.
  private static @Nullable RemoteAddress held(
      Image image, RemoteAddress at, @Nullable GotSlot slot, AddressSpace space, int stubs) {
    byte[] held = space.memory().readExactly(at.value(), 8);
    if (held == null) {
      return null;
    }
    RemoteAddress value = new RemoteAddress(LittleEndian.word(held, 0));
    if (slot != null && slot.isLazy() && value.equals(image.remote(slot.initial()))) {
      return null;
    }
    Image next = space.at(value);
    PltStub stub = next == null || stubs == MOST_STUBS ? null : stubAt(next, value);
    GotSlot on = stub == null ? null : stub.slot();
    return next == null || on == null
        ? value
        : held(next, next.remote(on.address()), on, space, stubs + 1);
  }

  private static Branch unknown(Image image, String register, boolean thunk) {
    return new Branch(image, null, null, null, null, register, thunk);
  }

  private static Branch throughWord(Image image, long address, String register, boolean thunk) {
    RemoteAddress word = new RemoteAddress(address);
    GotSlot slot = null;
    try {
      slot = image.elf().plt().slotAt(image.link(word));
      Section section = image.elf().sectionAt(image.link(word));
      if (slot != null && section != null && !section.name().startsWith(".got")) {
        // A variable that starts with a function's address: it may hold another one by now.
        slot = null;
      }
    } catch (MalformedBinary e) {
      // Then it is a word like any other.
      slot = null;
    }
    return new Branch(image, null, null, slot, word, register, thunk);
  }

  private static @Nullable PltStub stubAt(Image image, RemoteAddress target) {
    try {
      return image.elf().plt().stubAt(image.link(target));
    } catch (MalformedBinary e) {
      return null;
    }
  }

  /// Looks back from an instruction for what brought the branch's target into a register.
  private static Branch throughRegister(
      FunctionCode code, int from, int register, Image image, boolean thunk) {
    String name = NAMES[register];
    int wanted = register;
    for (int i = from - 1; i >= 0 && i >= from - REACH; i--) {
      Instruction instruction = code.get(i);
      boolean passes =
          switch (instruction.flow()) {
            case NEXT, CONDITIONAL_JUMP, SYSCALL -> true;
            case CALL, INDIRECT_CALL -> (PRESERVED >> wanted & 1) != 0;
            default -> false;
          };
      if (!passes || code.isMerge(i + 1)) {
        break;
      }
      if ((instruction.writtenRegisters() >> wanted & 1) == 0) {
        continue;
      }
      if (!isWholeRegister(instruction, 1) || !instruction.mnemonic().startsWith("mov")) {
        boolean address = instruction.mnemonic().equals("lea") && instruction.hasRipTarget();
        return address && isWholeRegister(instruction, 1)
            ? new Branch(
                image, new RemoteAddress(instruction.ripTarget()), null, null, null, name, thunk)
            : unknown(image, name, thunk);
      }
      if (instruction.hasRipTarget()) {
        return throughWord(image, instruction.ripTarget(), name, thunk);
      }
      if (!isWholeRegister(instruction, 0)) {
        return unknown(image, name, thunk);
      }
      wanted = instruction.register(0);
    }
    return (PRESERVED >> wanted & 1) != 0
        ? onlySource(code, wanted, name, image, thunk)
        : unknown(image, name, thunk);
  }

  /// A function that calls through a preserved register reads the target once, for a loop.
  private static Branch onlySource(
      FunctionCode code, int register, String name, Image image, boolean thunk) {
    long word = 0;
    for (int i = 0; i < code.size(); i++) {
      Instruction instruction = code.get(i);
      if ((instruction.writtenRegisters() >> register & 1) == 0
          || instruction.mnemonic().startsWith("pop")
          || instruction.mnemonic().equals("leave")) {
        continue;
      }
      boolean load =
          instruction.mnemonic().startsWith("mov")
              && isWholeRegister(instruction, 1)
              && instruction.hasRipTarget();
      if (!load || (word != 0 && word != instruction.ripTarget())) {
        return unknown(image, name, thunk);
      }
      word = instruction.ripTarget();
    }
    return word == 0 ? unknown(image, name, thunk) : throughWord(image, word, name, thunk);
  }

  private static boolean isWholeRegister(Instruction instruction, int operand) {
    return instruction.kind(operand) == OperandKind.REGISTER
        && instruction.registerClass(operand) == RegisterClass.GENERAL
        && instruction.size(operand) == 8;
  }

  /// The instruction that comes before a call in the order of execution: the one before it, or the
  /// jump that alone leads to it from over an inline thunk.
  private static int entered(FunctionCode code, int index) {
    if (!code.isMerge(index)) {
      return index;
    }
    int found = -1;
    for (int i = 0; i < code.size(); i++) {
      Instruction instruction = code.get(i);
      if (instruction.target() == code.get(index).address()) {
        if (found >= 0 || instruction.flow() != Flow.JUMP) {
          return index;
        }
        found = i;
      }
    }
    return found < 0 ? index : found;
  }

  /// The register whose address the code at a target goes on to; -1 when the code is no thunk.
  private static int thunkRegister(Image image, RemoteAddress target) {
    FunctionCode code = FunctionCode.decode(image, image.link(target).value(), THUNK);
    if (code == null) {
      return -1;
    }
    int at = 0;
    while (at < code.size() && isFiller(code.get(at))) {
      at++;
    }
    if (at == code.size()) {
      return -1;
    }
    Instruction first = code.get(at);
    if (first.flow() == Flow.INDIRECT_JUMP && isWholeRegister(first, 0)) {
      return first.register(0);
    }
    return first.flow() == Flow.CALL ? overwrittenReturn(code, code.indexOf(first.target())) : -1;
  }

  private static boolean isFiller(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    return mnemonic.equals("endbr64") || mnemonic.equals("lfence") || mnemonic.startsWith("nop");
  }

  /// The register that is written over a return address which is returned to at once: `mov
  /// %rax,(%rsp); ret`; -1 when that is not what stands there.
  static int overwrittenReturn(FunctionCode code, int index) {
    if (index < 0 || index + 1 >= code.size()) {
      return -1;
    }
    Instruction store = code.get(index);
    boolean overwrites =
        store.mnemonic().startsWith("mov")
            && isWholeRegister(store, 0)
            && store.kind(1) == OperandKind.MEMORY
            && store.base(1) == RSP
            && store.index(1) == Instruction.NONE
            && store.displacement(1) == 0;
    return overwrites && code.get(index + 1).flow() == Flow.RETURN ? store.register(0) : -1;
  }
}
