package trapline.journey;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.journey.JourneyBuilder.ReturnPoint;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.SyscallId;
import trapline.unwind.PhysicalFrame;
import trapline.unwind.Stack;

/// Where a call comes from: the stack of a thread that has just trapped.
///
/// The frames are found while the thread is stopped. Their names and lines may be looked up later,
/// when they are first asked for: see [JourneyBuilder#walk].
public final class Origin {
  private final SyscallId id;
  private final Registers registers;
  private final List<PhysicalFrame> walked;
  private final @Nullable ReturnPoint expected;
  private final Function<Origin, Named> naming;
  private @Nullable Named named;

  /// A stack with names and lines.
  record Named(CallStack stack, SeenStack seen) {}

  private Origin(
      SyscallId id,
      Registers registers,
      List<PhysicalFrame> walked,
      @Nullable ReturnPoint expected,
      Function<Origin, Named> naming) {
    this.id = id;
    this.registers = registers;
    this.walked = walked;
    this.expected = expected;
    this.naming = naming;
  }

  static Origin named(SyscallId id, Registers registers, CallStack stack, SeenStack seen) {
    Named named = new Named(stack, seen);
    Origin origin = new Origin(id, registers, stack.physical(), null, each -> named);
    origin.named = named;
    return origin;
  }

  /// @param expected where the library will return to, as far as the frames show
  /// @param naming names the levels
  static Origin unnamed(
      SyscallId id,
      Registers registers,
      Stack walked,
      ReturnPoint expected,
      Function<Origin, Named> naming) {
    return new Origin(id, registers, walked.frames(), expected, naming);
  }

  public SyscallId id() {
    return id;
  }

  Registers registers() {
    return registers;
  }

  /// Whether names and lines are known; otherwise most of the methods look them up.
  public boolean isNamed() {
    return named != null;
  }

  /// The call and the return addresses: equal ones have the same names and lines, and the same
  /// site, as long as the same code is mapped.
  public Object addresses() {
    List<RemoteAddress> pcs = new ArrayList<>(walked.size());
    for (PhysicalFrame frame : walked) {
      if (!frame.tailCall()) { // these are found only when names are looked up
        pcs.add(frame.pc());
      }
    }
    return new Addresses(id, pcs);
  }

  private record Addresses(SyscallId id, List<RemoteAddress> pcs) {}

  /// Where the library will return to, when that was worked out without names.
  @Nullable ReturnPoint expected() {
    return expected;
  }

  private Named named() {
    Named known = named;
    if (known == null) {
      known = naming.apply(this);
      named = known;
    }
    return known;
  }

  CallStack stack() {
    return named().stack();
  }

  /// What was found out about this stack before.
  SeenStack seen() {
    return named().seen();
  }

  /// What tells call sites apart: the call, the instruction that made it, and the user's line.
  public String site() {
    return site(id, stack());
  }

  static String site(SyscallId id, CallStack stack) {
    return id.abi().label() + ' ' + id.number() + ' ' + stack.place();
  }

  /// Whether the call comes from the dynamic linker or the C library with none of the program's own
  /// code on the stack, and not because main has returned.
  public boolean mayPrecedeProgram() {
    return stack().mayPrecedeProgram();
  }
}
