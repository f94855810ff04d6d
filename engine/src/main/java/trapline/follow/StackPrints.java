package trapline.follow;

import java.util.ArrayList;
import java.util.List;
import trapline.model.CallKey;
import trapline.model.Registers;
import trapline.model.StackPrint;
import trapline.unwind.PhysicalFrame;
import trapline.unwind.Unwinder;

/// Finds the return addresses on a stopped thread's stack.
final class StackPrints {
  private static final int LEVELS = 12;

  /// Further up, what stands on the stack may depend on the environment.
  private static final int HIGHEST = 16 << 10;

  private static final int WORD = 8;

  private StackPrints() {}

  /// Those of a thread that is stopped at a call.
  static StackPrint of(Registers registers, TracedProcess process) {
    List<PhysicalFrame> frames =
        Unwinder.unwind(registers, process.memory(), process, LEVELS + 1).frames();
    List<StackPrint.Level> levels = new ArrayList<>();
    for (int i = 0; i + 1 < frames.size(); i++) {
      PhysicalFrame outer = frames.get(i + 1);
      long slot = frames.get(i).cfa().value() - WORD - registers.stackPointer();
      if (outer.signal() || frames.get(i).signal() || slot < 0 || slot >= HIGHEST) {
        break; // a signal came in between: another run need not have it there
      }
      levels.add(new StackPrint.Level((int) slot, CallKey.offset(outer.pc().value())));
    }
    return new StackPrint(levels);
  }
}
