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

/// Recognises stacks by their return addresses, with what was made of each when it was walked for
/// the first time.
///
/// Programs make the same calls from the same stacks again and again. A stack that is known is
/// walked by a few additions and comparisons for each frame: no table is asked, no object is made.
/// Only stacks are remembered of which every frame has a plain row in a table (see
/// [FrameRecipe]). What is remembered holds as long as the same code is mapped at the same
/// addresses; the owner throws it away when that changes.
///
/// @param <V> what is made of a stack
public final class KnownStacks<V> {
  /// When there are more frames than this, all are forgotten: a program with endlessly many stacks
  /// gains nothing.
  private static final int MOST_NODES = 200_000;

  private static final int DEEPEST = 256;

  /// One frame, with those inside it.
  private static final class Node<V> {
    final long pc;
    final @Nullable FrameRecipe recipe;
    @Nullable V value;
    private final List<Node<V>> callers = new ArrayList<>(1);

    Node(long pc, @Nullable FrameRecipe recipe) {
      this.pc = pc;
      this.recipe = recipe;
    }

    @Nullable Node<V> caller(long address) {
      for (int i = 0; i < callers.size(); i++) {
        Node<V> each = callers.get(i);
        if (each.pc == address) {
          if (i > 0) { // the most wanted ones come first
            callers.set(i, callers.get(i - 1));
            callers.set(i - 1, each);
          }
          return each;
        }
      }
      return null;
    }

    void add(Node<V> caller) {
      callers.add(caller);
    }
  }

  private final StackWindow window = new StackWindow();
  private final long[] values = new long[FrameRegisters.COUNT];
  private final long[] pcs = new long[DEEPEST];
  private final long[] cfas = new long[DEEPEST];
  private final long[] registers = new long[DEEPEST * FrameRegisters.COUNT];
  private Node<V> root = new Node<>(0, null);
  private int nodes;
  private int depth;

  /// No stacks.
  public KnownStacks() {}

  /// What was made of a stack.
  ///
  /// @param innermost the registers of a stopped thread
  /// @return `null` when the stack is not known
  public @Nullable V find(Registers innermost, RemoteMemory memory) {
    Node<V> node = root.caller(innermost.instructionPointer());
    if (node == null) {
      return null;
    }
    for (int number = 0; number < FrameRegisters.COUNT; number++) {
      values[number] = innermost.dwarf(number);
    }
    window.moveTo(values[FrameRegisters.STACK_POINTER], memory);
    depth = 0;
    while (node != null) {
      FrameRecipe recipe = node.recipe;
      if (recipe == null) { // a return address of 0
        return node.value;
      }
      if (depth == DEEPEST) {
        return null;
      }
      long cfa = values[recipe.cfaRegister()] + recipe.cfaOffset();
      if (depth > 0 && Long.compareUnsigned(cfa, cfas[depth - 1]) <= 0) {
        return null;
      }
      pcs[depth] = node.pc;
      cfas[depth] = cfa;
      System.arraycopy(values, 0, registers, depth * FrameRegisters.COUNT, FrameRegisters.COUNT);
      depth++;
      if (recipe.end()) {
        return node.value;
      }
      if (!window.fetch(cfa + recipe.returnOffset())) {
        return null;
      }
      long returnAddress = window.word();
      for (int number = 0; number < FrameRegisters.COUNT; number++) {
        long at = recipe.saved()[number];
        if (at != FrameRecipe.KEPT) {
          if (!window.fetch(cfa + at)) {
            return null;
          }
          values[number] = window.word();
        }
      }
      values[FrameRegisters.STACK_POINTER] = cfa;
      values[FrameRegisters.INSTRUCTION_POINTER] = returnAddress;
      node = node.caller(returnAddress);
    }
    return null;
  }

  /// The frames that [#find] has walked last, which it knew.
  ///
  /// @param like the frames of the stack when it was remembered, those of tail calls among them
  public List<PhysicalFrame> frames(List<PhysicalFrame> like) {
    List<PhysicalFrame> found = new ArrayList<>(like.size());
    int at = 0;
    for (PhysicalFrame each : like) {
      // The frame of a tail call ends where that of the function it led to does, and has the
      // registers of the next one.
      int frame = each.tailCall() ? at - 1 : at;
      found.add(
          new PhysicalFrame(
              each.pc(),
              each.lookupPc(),
              new RemoteAddress(each.cfa().value() == 0 ? 0 : cfas[frame]),
              FrameRegisters.of(registers, at * FrameRegisters.COUNT, each.registers().knownMask()),
              false,
              each.tailCall(),
              each.module(),
              each.evidence()));
      at += each.tailCall() ? 0 : 1;
    }
    return found;
  }

  /// A copy of the stack's innermost part as [#find] has read it last; the rest is unreadable.
  public RemoteMemory memory() {
    return window.kept();
  }

  /// Remembers what was made of a stack, when it is one that can be remembered.
  ///
  /// @param innermost the registers that it was walked from
  /// @param all its frames, down to where the thread started; those of tail calls are not on the
  ///     stack and may be among them where the other ones always lead to them
  /// @param modules what was mapped then
  public void remember(
      Registers innermost,
      RemoteMemory memory,
      List<PhysicalFrame> all,
      UnwindModules modules,
      V made) {
    List<PhysicalFrame> frames = new ArrayList<>(all);
    frames.removeIf(PhysicalFrame::tailCall);
    if (frames.size() >= DEEPEST) {
      return;
    }
    if (nodes > MOST_NODES) {
      clear();
    }
    Node<V> node = root;
    for (int i = 0; i < frames.size(); i++) {
      PhysicalFrame frame = frames.get(i);
      long lookup = i == 0 ? frame.pc().value() : frame.lookupPc().value();
      FrameRecipe recipe = recipe(frame, lookup, modules);
      if (recipe == null && i == frames.size() - 1 && isPlain(frame)) {
        recipe = FrameRecipe.START; // where a thread starts often has no table
      }
      if (recipe == null) {
        return;
      }
      node = callerOf(node, frame.pc().value(), recipe);
    }
    FrameRecipe last = node.recipe;
    if (last != null && !last.end()) {
      node = callerOf(node, 0, null);
    }
    V before = node.value;
    node.value = made;
    // The walk must be the same as the other one, or it is not used.
    if (!made.equals(find(innermost, memory)) || !isSame(frames)) {
      node.value = before;
    }
  }

  private Node<V> callerOf(Node<V> node, long pc, @Nullable FrameRecipe recipe) {
    Node<V> caller = node.caller(pc);
    if (caller == null) {
      caller = new Node<>(pc, recipe);
      node.add(caller);
      nodes++;
    }
    return caller;
  }

  private static boolean isPlain(PhysicalFrame frame) {
    return !frame.signal() && !(frame.evidence() instanceof Evidence.Inferred);
  }

  private static @Nullable FrameRecipe recipe(
      PhysicalFrame frame, long lookup, UnwindModules modules) {
    UnwindModule module = isPlain(frame) ? modules.at(new RemoteAddress(lookup)) : null;
    if (module == null) {
      return null;
    }
    try {
      for (CallFrameInfo table : module.tables()) {
        FrameRow row = table.row(lookup - module.loadBias());
        if (row != null) {
          return FrameRecipe.of(row);
        }
      }
    } catch (MalformedBinary | Unsupported e) {
      return null;
    }
    return null;
  }

  private boolean isSame(List<PhysicalFrame> frames) {
    if (frames.size() != depth) {
      return false;
    }
    for (int i = 0; i < depth; i++) {
      PhysicalFrame frame = frames.get(i);
      if (frame.pc().value() != pcs[i]
          || (frame.cfa().value() != 0 && frame.cfa().value() != cfas[i])) {
        return false;
      }
      for (int number = 0; number < FrameRegisters.COUNT; number++) {
        if (frame.registers().isKnown(number)
            && frame.registers().value(number) != registers[i * FrameRegisters.COUNT + number]) {
          return false;
        }
      }
    }
    return true;
  }

  /// Forgets all stacks: other code may be where theirs was.
  public void clear() {
    root = new Node<>(0, null);
    nodes = 0;
  }
}
