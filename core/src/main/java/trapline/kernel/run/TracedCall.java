package trapline.kernel.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One call of one thread, as the kernel's tracer told of it.
///
/// @param thread its id
/// @param number the call's number; -1 when it is not known
/// @param arguments its six arguments; empty when its entry was not seen
/// @param result what it returned; meaningless unless `ended`
/// @param ended whether its exit was seen
/// @param tree the functions that ran, costs in nanoseconds; `null` when none was traced. Where
///     several are outermost they are the calls of a function without address, named
///     `do_syscall_64`, which cannot be traced itself
/// @param returned what return probes saw, in the order of the returns
/// @param lost how many events the kernel said it had lost while this call ran, of all threads
public record TracedCall(
    int thread,
    int number,
    List<Long> arguments,
    long result,
    boolean ended,
    @Nullable CallTree tree,
    List<Returned> returned,
    long lost) {
  public TracedCall {
    arguments = List.copyOf(arguments);
    returned = List.copyOf(returned);
  }

  /// A function returned.
  ///
  /// @param function its name, without the compiler's suffixes
  /// @param caller whom it returned to; empty when the event does not tell
  /// @param value what it returned, as printed: of an `int` often only the lower half
  public record Returned(String function, String caller, long value) {}
}
