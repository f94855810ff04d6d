package trapline.journey;

import java.util.List;
import trapline.model.Registers;

/// The states that a thread went through, instruction by instruction but for one gap, from right
/// behind the trap back to its caller and a little on.
///
/// @param states the registers: first as the call returned them, then after each instruction
/// @param caller index in `states` of the first one in the calling frame; -1 when it was not
///     reached
/// @param gap how many states follow each other instruction by instruction, before the thread ran
///     to its caller at full speed; 0 when all do
/// @param writes what memory held before the instructions in the calling frame
/// @param ended why stepping ended before the caller was reached; empty when it was
public record ReturnTrace(
    List<Registers> states, int caller, int gap, WriteLog writes, String ended) {
  public ReturnTrace {
    states = List.copyOf(states);
  }

  /// Nothing was stepped.
  public static ReturnTrace of(Registers exit, String why) {
    return new ReturnTrace(List.of(exit), -1, 0, new WriteLog(), why);
  }
}
