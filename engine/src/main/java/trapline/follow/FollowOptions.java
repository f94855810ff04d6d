package trapline.follow;

import java.util.Set;

/// What to follow, and how closely.
///
/// @param calls names of the calls to follow; empty for all
/// @param all whether every occurrence is followed, not only the first from each call site
/// @param steps how much is stepped instruction by instruction
/// @param startup whether the calls that the dynamic linker makes before the program starts are
///     shown in full
public record FollowOptions(Set<String> calls, boolean all, Steps steps, boolean startup) {
  /// How much of the road is walked instruction by instruction.
  public enum Steps {
    NONE,
    /// The dynamic linker's resolver is one line.
    BRIEF,
    ALL
  }

  public FollowOptions {
    calls = Set.copyOf(calls);
  }

  /// Whether calls of this name are asked for.
  public boolean wants(String name) {
    return calls.isEmpty() || calls.contains(name);
  }
}
