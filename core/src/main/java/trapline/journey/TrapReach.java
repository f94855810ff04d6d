package trapline.journey;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.model.LinkAddress;
import trapline.model.RemoteAddress;
import trapline.unwind.UnwindModule;

/// Tells functions that can make a system call from those that surely cannot, by the code that they
/// can reach. Where control goes through a pointer, the answer is that they can.
final class TrapReach {
  /// More functions than this are not looked through for one answer.
  private static final int MOST = 400;

  private final Map<RemoteAddress, Boolean> known = new HashMap<>();

  /// Whether the function at an address, or anything it calls, may trap.
  boolean mayTrap(Image image, RemoteAddress function) {
    Boolean answer = known.get(function);
    if (answer == null) {
      answer = search(image, function);
      known.put(function, answer);
    }
    return answer;
  }

  private static boolean search(Image image, RemoteAddress function) {
    Set<RemoteAddress> seen = new HashSet<>();
    Deque<RemoteAddress> open = new ArrayDeque<>();
    open.add(function);
    while (!open.isEmpty()) {
      RemoteAddress next = open.remove();
      if (!seen.add(next)) {
        continue;
      }
      if (seen.size() > MOST || traps(image, next, open)) {
        return true;
      }
    }
    return false;
  }

  /// Looks through one function and notes what it calls.
  ///
  /// @return whether it traps itself or goes where that cannot be seen
  private static boolean traps(Image image, RemoteAddress function, Deque<RemoteAddress> open) {
    UnwindModule.FunctionRange range = image.function(image.link(function));
    FunctionCode code =
        range == null || range.size() == 0 ? null : FunctionCode.around(image, function);
    if (range == null || code == null) {
      return true;
    }
    long end = range.start() + range.size();
    for (int i = 0; i < code.size(); i++) {
      Instruction instruction = code.get(i);
      Flow flow = instruction.flow();
      switch (flow) {
        case SYSCALL, INTERRUPT, INDIRECT_CALL, INDIRECT_JUMP, BAD -> {
          return true;
        }
        case CALL, JUMP, CONDITIONAL_JUMP -> {
          LinkAddress target = image.link(new RemoteAddress(instruction.target()));
          boolean inside = target.value() >= range.start() && target.value() < end;
          if (flow == Flow.CALL || !inside) {
            open.add(new RemoteAddress(instruction.target()));
          }
        }
        default -> {}
      }
    }
    return false;
  }
}
