package trapline.kernel.run;

import org.jspecify.annotations.Nullable;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.OperandKind;
import trapline.code.RegisterClass;

/// Where a value came from: follows it from a register back through moves, spills to the stack,
/// calls and memory, to the instruction that made it.
///
/// Each step is one instruction of the [History]. What it does is decoded from the kernel's code;
/// where that is not known, or is not what ran (the kernel replaces code at boot), the registers
/// before and after it must do: a register that newly has the value got it from another one that
/// had it, or made it.
final class ValueOrigin {
  /// How the way back ended.
  enum End {
    /// An instruction made the value.
    MADE,
    /// It was in memory before the recording began, or something put it there that is not in it.
    IN_MEMORY,
    /// It was in a register when the recording began.
    IN_REGISTER
  }

  /// The answer.
  ///
  /// @param point of the instruction that made the value, or that loaded it from memory
  /// @param node the function that executed it
  /// @param loaded the function that last loaded the value from memory outside of the stack on the
  ///     way; `null` when none did
  /// @param loadedAt the point at which that was; -1
  /// @param address where in memory it was, for [End#IN_MEMORY]
  record Found(
      End end, int point, CallNode node, @Nullable CallNode loaded, int loadedAt, long address) {}

  /// Registers that a function hands back unchanged: rbx, rbp, r12 to r15.
  private static final int KEPT = 1 << 3 | 1 << 5 | 0xf000;

  private static final int MAX_FAILED_SKIPS = 16;

  private final History history;
  private final CodeCache code;
  private final History.Walk walk;
  private int failedSkips;

  private int value;

  /// The register that has the value, or -1 when memory has it.
  private int register = Register.RAX;

  private long address;

  /// The function whose register it is; only its own instructions and those of functions that
  /// change registers matter.
  private CallNode frame;

  private int loadPoint = -1;
  private @Nullable CallNode loaded;
  private int loadedAt = -1;

  private ValueOrigin(History history, CodeCache code, CallNode frame, int value) {
    this.history = history;
    this.code = code;
    this.walk = history.new Walk();
    this.frame = frame;
    this.value = value;
  }

  /// Where the value came from that a function returned.
  ///
  /// @param value the lower half of it
  static Found of(History history, CodeCache code, CallNode function, int value) {
    ValueOrigin origin = new ValueOrigin(history, code, function, value);
    origin.walk.to(Math.min(function.endPoint, history.size() - 1));
    return origin.search();
  }

  private Found search() {
    while (walk.back()) {
      boolean made = register >= 0 ? stepRegister() : stepMemory();
      if (made) {
        return found(End.MADE, walk.point);
      }
    }
    return register >= 0 || loadPoint < 0
        ? found(End.IN_REGISTER, walk.point)
        : found(End.IN_MEMORY, loadPoint);
  }

  private Found found(End end, int point) {
    return new Found(end, point, history.node(point), loaded, loadedAt, address);
  }

  /// One step with the value in a register.
  ///
  /// @return whether this instruction made the value
  private boolean stepRegister() {
    int point = walk.point;
    CallNode node = history.node(point);
    CallNode interrupt = node.interrupt;
    if (interrupt != null && interrupt != frame.interrupt) {
      // It leaves registers as they were.
      walk.to(interrupt.firstPoint);
      return false;
    }
    if (node != frame && node.depth() <= frame.depth()) {
      // Before the function began: the value was handed to it.
      frame = node;
    }
    if ((KEPT >> register & 1) != 0 && failedSkips < MAX_FAILED_SKIPS && skipCall(node)) {
      return false;
    }
    if (!wasExecuted(point)) {
      return false;
    }
    boolean changed = (int) walk.before[register] != (int) walk.after[register];
    Instruction instruction = decoded(point);
    if (instruction == null) {
      return changed && opaque(node);
    }
    if ((instruction.writtenRegisters() >> register & 1) == 0) {
      return changed && isStraight(point) && opaque(node);
    }
    return written(instruction, node);
  }

  /// A called function hands back the registers that it must keep: goes to where it was called.
  private boolean skipCall(CallNode node) {
    CallNode call = node;
    while (call.depth() > frame.depth() + 1) {
      CallNode parent = call.parent();
      if (parent == null) {
        return false;
      }
      call = parent;
    }
    if (call.parent() != frame || call.firstPoint < 0 || call.endPoint <= walk.point) {
      return false;
    }
    int here = walk.point;
    if (call.firstPoint >= here) {
      return false;
    }
    long kept = walk.after[register];
    walk.to(call.firstPoint);
    if (walk.before[register] != kept) {
      // It does not keep it; then what it executed must be looked at.
      walkAgain(here);
      return false;
    }
    return true;
  }

  private void walkAgain(int point) {
    failedSkips++;
    walk.restart();
    walk.to(point);
    frame = history.node(point);
  }

  /// Whether an instruction that the recording has was carried out: an exception or an interrupt
  /// may have come instead, and it was begun again afterwards.
  private boolean wasExecuted(int point) {
    if (point + 1 >= history.size()) {
      return true;
    }
    CallNode next = history.node(point + 1);
    if (next.firstPoint != point + 1 || !next.isEvent) {
      return true;
    }
    if (next.interrupt != next) {
      return false;
    }
    return next.endPoint < 0
        || next.endPoint >= history.size()
        || history.pc(next.endPoint) != history.pc(point);
  }

  /// Whether the point after this one is the next instruction of the same function.
  private boolean isStraight(int point) {
    return point + 1 < history.size() && history.node(point + 1) == history.node(point);
  }

  private @Nullable Instruction decoded(int point) {
    long pc = history.pc(point);
    Instruction instruction = code.at(pc);
    if (instruction == null) {
      return null;
    }
    boolean asDecoded =
        instruction.flow() != Flow.NEXT
            || !isStraight(point)
            || history.pc(point + 1) == instruction.next()
            || history.pc(point + 1) == pc;
    return asDecoded ? instruction : null;
  }

  /// Only the registers tell: another one that had the value, or none.
  private boolean opaque(CallNode node) {
    for (int i = Register.COUNT - 1; i >= 0; i--) {
      if (i != register && i != Register.RSP && has(i)) {
        moveTo(i, node);
        return false;
      }
    }
    return true;
  }

  private boolean has(int number) {
    return number >= 0 && (int) walk.before[number] == value;
  }

  private void moveTo(int number, CallNode node) {
    register = number;
    frame = node;
  }

  private void load(long from, CallNode node) {
    register = -1;
    address = from;
    loadPoint = walk.point;
    if (!isStack(from)) {
      loaded = node;
      loadedAt = walk.point;
    }
  }

  private boolean isStack(long at) {
    return at >>> 14 == walk.before[Register.RSP] >>> 14;
  }

  /// The instruction writes the register that has the value.
  private boolean written(Instruction in, CallNode node) {
    String name = in.mnemonic();
    int count = in.operandCount();
    if (name.startsWith("cmov")) {
      boolean taken = isRegister(in, 0) ? has(in.register(0)) && !has(register) : !has(register);
      return taken && source(in, 0, node);
    }
    if (name.startsWith("mov") && count == 2 && isRegister(in, 1)) {
      return source(in, 0, node);
    }
    if (name.startsWith("pop") && count == 1 && isRegister(in, 0)) {
      load(walk.before[Register.RSP], node);
      return false;
    }
    if (name.startsWith("leave") && register == 5) {
      load(walk.before[5], node);
      return false;
    }
    if (name.startsWith("xchg") || name.startsWith("xadd")) {
      int other = isRegister(in, 0) && in.register(0) == register ? 1 : 0;
      return source(in, other, node);
    }
    if (name.startsWith("cmpxchg") && register == Register.RAX) {
      return !has(register) && source(in, count - 1, node);
    }
    if (name.startsWith("neg") && (int) walk.before[register] == -value) {
      value = -value;
      frame = node;
      return false;
    }
    if (has(register)) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (isRegister(in, i) && in.reads(i) && in.register(i) != register && has(in.register(i))) {
        moveTo(in.register(i), node);
        return false;
      }
    }
    boolean adds = name.startsWith("or") || name.startsWith("add") || name.startsWith("xor");
    if (adds
        && count == 2
        && in.kind(0) == OperandKind.MEMORY
        && (int) walk.before[register] == 0) {
      return source(in, 0, node);
    }
    return true;
  }

  /// The value came from an operand.
  private boolean source(Instruction in, int operand, CallNode node) {
    if (isRegister(in, operand)) {
      int number = in.register(operand);
      if (!has(number)) {
        return true;
      }
      moveTo(number, node);
      return false;
    }
    if (in.kind(operand) == OperandKind.MEMORY && in.size(operand) >= 4 && canReach(in, operand)) {
      load(addressOf(in, operand), node);
      return false;
    }
    return true;
  }

  private static boolean isRegister(Instruction in, int operand) {
    return in.kind(operand) == OperandKind.REGISTER
        && in.registerClass(operand) == RegisterClass.GENERAL;
  }

  /// Whether a memory operand's address can be worked out: those relative to `%gs` cannot.
  private static boolean canReach(Instruction in, int operand) {
    return in.segment(operand) < 4 && in.index(operand) <= Register.COUNT;
  }

  private long addressOf(Instruction in, int operand) {
    long sum = in.displacement(operand);
    int base = in.base(operand);
    if (base == Instruction.RIP) {
      sum += in.next();
    } else if (base >= 0) {
      sum += walk.before[base];
    }
    int index = in.index(operand);
    if (index >= 0 && index < Register.COUNT) {
      sum += walk.before[index] * in.scale(operand);
    }
    return sum;
  }

  /// One step with the value in memory.
  private boolean stepMemory() {
    int point = walk.point;
    Instruction in = decoded(point);
    if (in == null || !wasExecuted(point)) {
      return false;
    }
    CallNode node = history.node(point);
    String name = in.mnemonic();
    if (name.startsWith("push")) {
      return walk.before[Register.RSP] - 8 == address && stored(in, 0, node);
    }
    int count = in.operandCount();
    if (count == 0) {
      return false;
    }
    int last = count - 1;
    if (in.kind(last) == OperandKind.MEMORY && in.writes(last)) {
      if (isString(name)) {
        return stringStored(name);
      }
      if (canReach(in, last) && covers(addressOf(in, last), in.size(last))) {
        return (name.startsWith("mov") || name.startsWith("xchg") || name.startsWith("cmpxchg"))
            ? stored(in, 0, node)
            : true;
      }
    } else if (count == 2
        && in.kind(0) == OperandKind.MEMORY
        && in.writes(0)
        && canReach(in, 0)
        && covers(addressOf(in, 0), in.size(0))) {
      return stored(in, 1, node);
    }
    return false;
  }

  private boolean covers(long start, int size) {
    return size > 0 && address - start >= 0 && address - start < size;
  }

  private boolean stored(Instruction in, int operand, CallNode node) {
    if (isRegister(in, operand) && has(in.register(operand))) {
      moveTo(in.register(operand), node);
      return false;
    }
    if (in.kind(operand) == OperandKind.MEMORY && canReach(in, operand)) {
      address = addressOf(in, operand);
      return false;
    }
    return true;
  }

  private static boolean isString(String name) {
    return name.equals("movsb")
        || name.equals("movsw")
        || name.equals("movsl")
        || name.equals("movsq")
        || name.startsWith("stos");
  }

  private boolean stringStored(String name) {
    long from = walk.before[7];
    long length = walk.after[7] - from;
    if (length <= 0 || address - from < 0 || address - from >= length) {
      return false;
    }
    if (name.startsWith("stos")) {
      return true;
    }
    address = walk.before[6] + (address - from);
    return false;
  }
}
