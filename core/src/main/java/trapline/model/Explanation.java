package trapline.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call that failed, and what the kernel has to say of it.
///
/// @param journey the call as the program made it on this machine
/// @param times how often the same place made the same call with the same error
/// @param origin who said the error
/// @param run what ran in the kernel; `null` when that was not observed
/// @param placesFrom which source the places of kernel functions are from, and how well it fits the
///     kernel that was observed; empty when no function is shown
/// @param causes what on this machine made the call fail; may be empty
public record Explanation(
    Journey journey,
    long times,
    ErrorOrigin origin,
    @Nullable KernelRun run,
    String placesFrom,
    List<LocalCause> causes) {
  public Explanation {
    causes = List.copyOf(causes);
  }
}
