package trapline.abi;

/// What someone who typed an unknown name of a system call may have meant.
///
/// @param name a system call of the table
/// @param note why, when it is more than a similar spelling: `glibc's open() makes openat`; empty
///     otherwise
public record Suggestion(String name, String note) {}
