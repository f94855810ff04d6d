package trapline.kernel;

import java.util.List;
import trapline.model.Place;

/// The kernel functions from the trap to the entry point of a call, in the order in which they run.
///
/// @param instruction the instruction that traps, such as `sysenter`: an ABI may have several
/// @param stages empty when the source does not show the way
public record EntryPath(String instruction, List<Stage> stages) {
  public EntryPath {
    stages = List.copyOf(stages);
  }

  /// A function or table on the way.
  ///
  /// @param symbol its name in the kernel, such as `entry_SYSCALL_64`
  /// @param place where the source defines it
  /// @param inlined whether the compiler puts it into its caller, so that it has no symbol
  public record Stage(String symbol, Place place, boolean inlined) {
    /// A stage that is not inlined.
    public Stage(String symbol, Place place) {
      this(symbol, place, false);
    }
  }
}
