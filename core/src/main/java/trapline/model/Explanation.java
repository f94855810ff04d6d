package trapline.model;

import org.jspecify.annotations.Nullable;

/// A call that failed, and what the kernel has to say of it.
///
/// @param journey the call as the program made it on this machine
/// @param origin who said the error
/// @param run what ran in the kernel; `null` when that was not observed
public record Explanation(Journey journey, ErrorOrigin origin, @Nullable KernelRun run) {}
