package trapline.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who in the kernel first said an error, and the road on which it came back.
///
/// @param errno what the call returned
/// @param kind which sort of answer this is
/// @param road the functions that handed the error up, outermost first; the last one said it first;
///     empty when no function can be named
/// @param candidates places in the source of that last function that set or return this error;
///     empty when no source is at hand
/// @param explanation what there is to say beyond the road, as sentences; may be empty
public record ErrorOrigin(
    Errno errno, Kind kind, List<Teller> road, List<Candidate> candidates, String explanation) {
  public ErrorOrigin {
    road = List.copyOf(road);
    candidates = List.copyOf(candidates);
  }

  /// The same answer with places in the source.
  ///
  /// @param remark one more sentence of the explanation; may be empty
  public ErrorOrigin with(List<Candidate> places, String remark) {
    String text =
        explanation.isEmpty() || remark.isEmpty()
            ? explanation + remark
            : explanation + " " + remark;
    return new ErrorOrigin(errno, kind, road, places, text);
  }

  /// Sorts of answers.
  public enum Kind {
    /// A kernel function returned it first.
    FUNCTION,
    /// The number has no entry point in the kernel: no function of its own ran.
    NO_SUCH_CALL,
    /// A seccomp filter answered before the call's own function ran.
    SECCOMP,
    /// A copy from or to the program's memory met an address that is not mapped, or not so.
    USER_MEMORY,
    /// A signal interrupted the call.
    SIGNAL,
    /// Another context set the error, such as a packet's arrival in a softirq, and the call found
    /// it.
    ELSEWHERE,
    /// The C library answered without a trap.
    LIBRARY,
    /// What ran was not seen, or does not tell.
    UNKNOWN
  }

  /// A function on the road.
  ///
  /// @param function it, with its place; its calls do not matter here
  /// @param value what it returned, sign-extended: -98, or -512 for an internal restart code
  /// @param offset from the function's first instruction to the one after which a register first
  ///     held the error; -1 when that was not seen
  /// @param instruction that one, in AT&T text; empty when it was not seen
  public record Teller(RanFunction function, long value, long offset, String instruction) {}

  /// A place in the source where the error may have been said.
  ///
  /// @param place file and line
  /// @param text the line, without the space around it
  /// @param how what it does: `returns it`, `sets it and leaves`, `through a called helper`
  /// @param helper the function that is called there and may say the error; `null` when none is
  public record Candidate(Place place, String text, String how, @Nullable String helper) {}
}
