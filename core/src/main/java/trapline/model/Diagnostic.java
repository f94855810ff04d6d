package trapline.model;

/// A defect that Trapline could go on without.
///
/// @param where the file, thread or hop that it concerns
/// @param what what could not be established, and why
/// @param remedy what the user can do; empty when there is nothing
public record Diagnostic(String where, String what, String remedy) {}
