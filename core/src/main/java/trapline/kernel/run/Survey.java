package trapline.kernel.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What there is in a tree that decides which sort of answer an error has.
final class Survey {
  private @Nullable CallNode entry;
  private @Nullable CallNode seccomp;
  private final List<CallNode> fixups = new ArrayList<>();
  private final List<CallNode> copies = new ArrayList<>();

  private Survey() {}

  static Survey of(CallNode root) {
    Survey survey = new Survey();
    Deque<CallNode> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      CallNode node = open.pop();
      survey.look(node);
      List<CallNode> calls = node.calls();
      for (int i = calls.size() - 1; i >= 0; i--) {
        if (calls.get(i).interrupt == null) {
          open.push(calls.get(i));
        }
      }
    }
    return survey;
  }

  private void look(CallNode node) {
    String name = node.name();
    if (entry == null && Role.ENTRY.holds(name)) {
      entry = node;
    }
    Long rax = node.rax();
    if (Role.SECCOMP.holds(name) && (rax == null || rax != 0)) {
      seccomp = node;
    }
    if (Role.FIXUP.holds(name)) {
      fixups.add(node);
    }
    if (Role.COPY.holds(name)) {
      copies.add(node);
    }
  }

  /// The function of the call; `null` when none ran.
  @Nullable CallNode entry() {
    return entry;
  }

  /// The innermost function of seccomp that did not let the call pass; `null` when none ran.
  @Nullable CallNode seccomp() {
    return seccomp;
  }

  /// What made a function say that an address of the program is bad, as a sentence.
  ///
  /// @param point where it said so; -1 when that is not known
  /// @param recorded whether instructions were recorded, so that every exception was seen
  String userMemory(CallNode teller, int point, boolean recorded) {
    if (!recorded) {
      return teller.name()
          + " is the innermost function that was seen to return it; what copied from or to the"
          + " program's memory cannot be traced so.";
    }
    for (int i = fixups.size() - 1; i >= 0; i--) {
      CallNode event = fixups.get(i);
      while (event != null && !event.isEvent) {
        event = event.parent();
      }
      CallNode faulted = event == null ? null : event.parent();
      if (faulted != null
          && isInside(faulted, teller)
          && (point < 0 || faulted.firstPoint <= point)) {
        return faulted.name()
            + (faulted == teller ? "" : ", called for " + teller.name() + ",")
            + " hit memory of the program that could not be reached: the processor's exception was"
            + " caught.";
      }
    }
    for (int i = copies.size() - 1; i >= 0; i--) {
      CallNode copy = copies.get(i);
      if (isInside(copy, teller) && (point < 0 || copy.firstPoint <= point)) {
        return copy.name()
            + (copy == teller ? "" : ", called for " + teller.name() + ",")
            + " refused the address; no exception came.";
      }
    }
    return teller.name() + " refused an address; no exception came.";
  }

  private static boolean isInside(CallNode node, CallNode outer) {
    CallNode at = node;
    while (at != null && at != outer) {
      at = at.parent();
    }
    return at == outer;
  }
}
