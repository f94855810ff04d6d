package trapline.journey;

import trapline.model.Registers;
import trapline.model.SyscallId;

/// Where a call comes from: the stack of a thread that has just trapped.
public final class Origin {
  private final SyscallId id;
  private final Registers registers;
  private final CallStack stack;
  private final SeenStack seen;

  Origin(SyscallId id, Registers registers, CallStack stack, SeenStack seen) {
    this.id = id;
    this.registers = registers;
    this.stack = stack;
    this.seen = seen;
  }

  SyscallId id() {
    return id;
  }

  Registers registers() {
    return registers;
  }

  CallStack stack() {
    return stack;
  }

  /// What was found out about this stack before.
  SeenStack seen() {
    return seen;
  }

  /// What tells call sites apart: the call, the instruction that made it, and the user's line.
  public String site() {
    return site(id, stack);
  }

  static String site(SyscallId id, CallStack stack) {
    return id.abi().label() + ' ' + id.number() + ' ' + stack.place();
  }

  /// Whether the call comes from the dynamic linker or the C library with none of the program's own
  /// code on the stack, and not because main has returned.
  public boolean mayPrecedeProgram() {
    return stack.mayPrecedeProgram();
  }
}
