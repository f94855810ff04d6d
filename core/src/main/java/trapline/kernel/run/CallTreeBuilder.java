package trapline.kernel.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.MalformedBinary;

/// Makes a [CallTree] of the points of one thread's run through the kernel, from the first
/// instruction of a function (such as `do_syscall_64`) to its return.
///
/// A shadow stack is kept by the stack pointer: who is at a function's first instruction with the
/// stack pointer below that of the current function has been called; with the same one, the current
/// function jumped there as its last deed; and a stack pointer above it says that the function has
/// returned, with its value in `rax`. Points may be instructions or blocks; blocks must begin where
/// a call leads and where it comes back to.
///
/// What other threads do while this one waits (it has left its stack in `__switch_to_asm`) is left
/// out. The stack of interrupts, which the thread itself goes to for its soft interrupts, is not
/// another thread.
public final class CallTreeBuilder implements PointSink {
  /// How many functions may be inside one another; deeper ones count for the deepest.
  public static final int MAX_DEPTH = 1000;

  private static final int MAX_NODES = 1_000_000;

  /// Stacks are at least this large and aligned so (2 to this power): `THREAD_SIZE`.
  private static final int STACK_SHIFT = 14;

  private static final byte UNKNOWN = 0;
  private static final byte PLAIN = 1;
  private static final byte PART = 2;
  private static final byte THUNK = 3;
  private static final byte INTERRUPT = 4;
  private static final byte SWITCH = 5;
  private static final byte EXCEPTION = 6;

  private final KernelSymbols symbols;
  private final byte[] roles;
  private final History history = new History();

  private @Nullable CallNode root;
  private @Nullable CallNode top;
  private boolean done;
  private long ran;
  private int nodes;

  private long functionStart;
  private long functionEnd;
  private int function = KernelSymbols.NONE;

  private final long[] last = new long[Register.COUNT];
  private long lastPc;

  /// Whether another thread runs, and between which stack pointers this one comes back.
  private boolean away;

  private long awayLow;
  private long awayHigh;

  private long ranAway;
  private long tooDeep;
  private long tooMany;
  private long beforeFirst;

  public CallTreeBuilder(KernelSymbols symbols) {
    this.symbols = symbols;
    this.roles = new byte[symbols.size()];
  }

  /// Whether the outermost function has returned; further points are passed over.
  public boolean isDone() {
    return done;
  }

  @Override
  public void point(long pc, long[] registers, int privilege) {
    if (done) {
      return;
    }
    long rsp = registers[Register.RSP];
    if (away) {
      if (privilege != 0
          || Long.compareUnsigned(rsp, awayLow) < 0
          || Long.compareUnsigned(rsp, awayHigh) > 0) {
        ranAway++;
        return;
      }
      away = false;
    } else if (privilege != 0) {
      done = top != null;
      return;
    } else if (top != null && (pc == lastPc ? isSame(registers) : leavesThread(rsp))) {
      return;
    }
    CallNode current = top == null ? null : comeBack(rsp, registers[Register.RAX]);
    if (done) {
      return;
    }
    if (pc < functionStart || pc >= functionEnd) {
      find(pc);
    }
    if (function == KernelSymbols.NONE) {
      if (current == null) {
        return;
      }
    } else if (current == null) {
      current = begin(pc, rsp);
    } else if (pc == functionStart) {
      current = enter(current, rsp);
    }
    top = current;
    history.add(pc, registers, current);
    ran++;
    lastPc = pc;
    System.arraycopy(registers, 0, last, 0, Register.COUNT);
  }

  /// Whether this point is the one before, once more: the emulator began an instruction and had to
  /// begin again.
  private boolean isSame(long[] registers) {
    for (int i = 0; i < Register.COUNT; i++) {
      if (registers[i] != last[i]) {
        return false;
      }
    }
    return true;
  }

  private void find(long pc) {
    function = symbols.at(pc);
    if (function == KernelSymbols.NONE) {
      functionStart = 1;
      functionEnd = 0;
    } else {
      functionStart = symbols.start(function);
      functionEnd = symbols.end(function);
    }
  }

  private boolean leavesThread(long rsp) {
    long lastRsp = last[Register.RSP];
    CallNode current = top;
    if (current == null
        || rsp >>> STACK_SHIFT == lastRsp >>> STACK_SHIFT
        || current.function == KernelSymbols.NONE
        || role(current.function) != SWITCH) {
      return false;
    }
    away = true;
    awayLow = lastRsp;
    awayHigh = current.entryRsp;
    ranAway++;
    return true;
  }

  /// Takes from the shadow stack what has returned.
  private @Nullable CallNode comeBack(long rsp, long rax) {
    CallNode current = top;
    long stack = rsp >>> STACK_SHIFT;
    if (stack != last[Register.RSP] >>> STACK_SHIFT) {
      CallNode frame = current;
      while (frame != null && frame.entryRsp >>> STACK_SHIFT != stack) {
        frame = frame.parent();
      }
      while (frame != null && current != frame && current != null) {
        close(current, false, 0);
        current = current.parent();
      }
    }
    while (current != null
        && current.entryRsp >>> STACK_SHIFT == stack
        && Long.compareUnsigned(rsp, current.entryRsp) > 0) {
      close(current, true, rax);
      current = current.parent();
    }
    if (current == null) {
      CallNode first = root;
      if (first != null && role(first.function) == INTERRUPT) {
        // It fell in before the first instruction of what is recorded.
        beforeFirst += ran;
        root = null;
      } else {
        done = true;
      }
    }
    top = current;
    return current;
  }

  private void close(CallNode node, boolean returned, long rax) {
    node.cost = ran - node.ranBefore;
    node.hasReturned = returned;
    node.rax = rax;
    node.endPoint = history.size();
  }

  private CallNode begin(long pc, long rsp) {
    // Who is not seen to begin returns when it leaves the stack.
    long entryRsp = pc == functionStart ? rsp : rsp | ((1L << STACK_SHIFT) - 1);
    CallNode node = open(null, entryRsp, false);
    root = node;
    return node;
  }

  private CallNode enter(CallNode current, long rsp) {
    byte role = role(function);
    if (role == PART || (function == current.function && rsp == current.entryRsp)) {
      return current;
    }
    boolean sameStack = rsp >>> STACK_SHIFT == current.entryRsp >>> STACK_SHIFT;
    if (sameStack && rsp == current.entryRsp) {
      return tailCall(current, rsp);
    }
    if (rsp == last[Register.RSP]
        || (symbols.isCold(function)
            && current.function != KernelSymbols.NONE
            && symbols.isColdPartOf(function, current.function))) {
      // A jump: a loop to a function's start, or code that was moved out of the way.
      return current;
    }
    return call(current, rsp, false);
  }

  private CallNode tailCall(CallNode current, long rsp) {
    if (current.function != KernelSymbols.NONE) {
      if (symbols.isCold(function) && symbols.isColdPartOf(function, current.function)) {
        return current;
      }
      CallNode caller = current.parent();
      if (role(current.function) == THUNK && caller != null) {
        CallNode node = open(caller, rsp, current.isTailCalled());
        node.firstPoint = current.firstPoint;
        node.ranBefore = current.ranBefore;
        caller.replaceLast(node);
        return node;
      }
    }
    return call(current, rsp, true);
  }

  private CallNode call(CallNode current, long rsp, boolean tail) {
    if (current.depth() + 1 >= MAX_DEPTH) {
      tooDeep++;
      return current;
    }
    if (nodes >= MAX_NODES) {
      tooMany++;
      return current;
    }
    CallNode node = open(current, rsp, tail);
    current.add(node);
    return node;
  }

  private CallNode open(@Nullable CallNode parent, long entryRsp, boolean tail) {
    CallNode node = new CallNode(parent, symbols.name(function), functionStart, tail);
    nodes++;
    byte role = role(function);
    node.isEvent = role == INTERRUPT || role == EXCEPTION;
    if (role == INTERRUPT && node.interrupt == null) {
      node.interrupt = node;
    }
    node.entryRsp = entryRsp;
    node.function = function;
    node.firstPoint = history.size();
    node.ranBefore = ran;
    return node;
  }

  private byte role(int number) {
    byte role = roles[number];
    if (role == UNKNOWN) {
      String name = symbols.name(number);
      role =
          Role.PART.holds(name)
              ? PART
              : Role.THUNK.holds(name)
                  ? THUNK
                  : Role.INTERRUPT.holds(name)
                      ? INTERRUPT
                      : Role.EXCEPTION.holds(name)
                          ? EXCEPTION
                          : Role.SWITCH.holds(name) ? SWITCH : PLAIN;
      roles[number] = role;
    }
    return role;
  }

  /// The tree of all points so far.
  ///
  /// @throws MalformedBinary when there was no point of a known function
  public CallTree finish() {
    CallNode outermost = root;
    if (outermost == null) {
      throw new MalformedBinary("recording", 0, "no instruction of a known kernel function");
    }
    if (!done) {
      // A recording ends with the return instruction itself.
      CallNode current = top;
      boolean returns = !away && ran > 1;
      while (current != null) {
        returns &= last[Register.RSP] == current.entryRsp && lastPc != current.address();
        close(current, returns, last[Register.RAX]);
        current = current.parent();
      }
      done = true;
    }
    return new CallTree(outermost, history, notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (beforeFirst > 0) {
      notes.add(
          "An interrupt came before the first instruction; its "
              + beforeFirst
              + " instructions are left out.");
    }
    if (ranAway > 0) {
      notes.add(
          "The thread waited meanwhile; " + ranAway + " instructions of others are left out.");
    }
    if (away) {
      notes.add("It still waited when the recording ended.");
    }
    if (tooDeep > 0) {
      notes.add(
          "Functions more than " + MAX_DEPTH + " deep are counted for the one that called them.");
    }
    if (tooMany > 0) {
      notes.add(
          "After "
              + MAX_NODES
              + " functions, further ones are counted for the one that called them.");
    }
    if (history.isFull()) {
      notes.add(
          "Only the first "
              + History.MAX_POINTS
              + " instructions could be searched for the error.");
    }
    return notes;
  }
}
