package trapline.kernel.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One execution of a kernel function in a [CallTree].
public final class CallNode {
  private final @Nullable CallNode parent;
  private final String name;
  private final long address;
  private final boolean tailCalled;
  private final int depth;
  private List<CallNode> calls = List.of();

  /// In the unit of the tree, with all that was called; -1 when it is not known.
  long cost = -1;

  /// `rax` when it returned; meaningless unless `hasReturned`.
  long rax;

  boolean hasReturned;

  /// The first point of it in the history, and the first one after it; -1 when there is none.
  int firstPoint = -1;

  int endPoint = -1;

  /// Whether it is the entry of an interrupt or an exception.
  boolean isEvent;

  /// The outermost interrupt that it is part of; `null` when it is part of none.
  @Nullable CallNode interrupt;

  // Only while the tree is built: the stack pointer at its first instruction, its number in the
  // symbols, and how much had run before it.
  long entryRsp;
  int function = KernelSymbols.NONE;
  long ranBefore;

  CallNode(@Nullable CallNode parent, String name, long address, boolean tailCalled) {
    this.parent = parent;
    this.name = name;
    this.address = address;
    this.tailCalled = tailCalled;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.interrupt = parent == null ? null : parent.interrupt;
  }

  void add(CallNode call) {
    if (calls.isEmpty()) {
      calls = new ArrayList<>(4);
    }
    calls.add(call);
  }

  /// Puts another call in the place of the last one.
  void replaceLast(CallNode call) {
    calls.set(calls.size() - 1, call);
  }

  /// Takes the last call away.
  void removeLast() {
    calls.removeLast();
  }

  /// A copy with copies of all calls. The depth is bounded by [CallTreeBuilder#MAX_DEPTH].
  CallNode copy(@Nullable CallNode newParent) {
    CallNode copy = new CallNode(newParent, name, address, tailCalled);
    copy.cost = cost;
    copy.rax = rax;
    copy.hasReturned = hasReturned;
    copy.firstPoint = firstPoint;
    copy.endPoint = endPoint;
    copy.isEvent = isEvent;
    if (isEvent && copy.interrupt == null && interrupt == this) {
      copy.interrupt = copy;
    }
    for (CallNode call : calls) {
      copy.add(call.copy(copy));
    }
    return copy;
  }

  /// Who called it; `null` for the outermost function.
  public @Nullable CallNode parent() {
    return parent;
  }

  /// Its name without the compiler's suffixes.
  public String name() {
    return name;
  }

  /// The address of its first instruction; 0 when it is not known.
  public long address() {
    return address;
  }

  /// Whether its caller jumped to it as its last deed, so that both returned at once.
  public boolean isTailCalled() {
    return tailCalled;
  }

  /// How many functions are outside of it.
  public int depth() {
    return depth;
  }

  /// From entry to return with all that it called, in the unit of the tree; -1 when not known.
  public long cost() {
    return cost;
  }

  /// What it left in `rax`; `null` when it was not seen to return.
  public @Nullable Long rax() {
    return hasReturned ? rax : null;
  }

  /// The functions that it called, in their order.
  public List<CallNode> calls() {
    return Collections.unmodifiableList(calls);
  }
}
