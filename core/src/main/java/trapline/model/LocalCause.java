package trapline.model;

/// Something on this machine that made a call fail: who holds a port, which directory refused,
/// which limit was reached.
///
/// @param text a clause without a full stop
/// @param evidence [Evidence#OBSERVED] when it was read while the thread was still stopped behind
///     the call; inferred when a rule connects what was read with the error
public record LocalCause(String text, Evidence evidence) {}
