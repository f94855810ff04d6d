package trapline.unwind;

import java.util.List;
import trapline.model.Evidence;
import trapline.model.Registers;
import trapline.model.RemoteAddress;
import trapline.model.RemoteMemory;

/// Walks a stopped thread's stack.
public final class Unwinder {
  private Unwinder() {}

  /// The frames of a stopped thread.
  ///
  /// @param registers of the thread, as it stopped
  /// @param memory of the program; also its code, which is read where no table covers it
  /// @param modules the program's mapped object files
  /// @param limit how many frames to return at most; at least 1
  public static Stack unwind(
      Registers registers, RemoteMemory memory, UnwindModules modules, int limit) {
    RemoteAddress pc = new RemoteAddress(registers.rip());
    return new Stack(
        List.of(
            new PhysicalFrame(
                pc,
                pc,
                new RemoteAddress(0),
                FrameRegisters.of(registers),
                false,
                "",
                Evidence.OBSERVED)),
        "unwinding is not there yet" + memory + modules + limit);
  }
}
