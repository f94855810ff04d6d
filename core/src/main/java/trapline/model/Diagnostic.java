package trapline.model;

/// A defect that Trapline could go on without, or something that a reader should know of a fact.
///
/// @param where the file, thread or hop that it concerns
/// @param what what could not be established, and why; or how a fact was established
/// @param remedy what the user can do; empty when there is nothing
public record Diagnostic(String where, String what, String remedy) {}
