package trapline.model;

/// Which kernel ran, and which kernel's source the facts are from.
///
/// @param running the running kernel's release, as `uname -r` says it
/// @param source the exact version of the source that the facts are from; empty when there is none
/// @param exact whether that source is known to be the running kernel's
/// @param origin where the facts are from: `embedded index`, or the tree's path
public record KernelFacts(String running, String source, boolean exact, String origin) {}
