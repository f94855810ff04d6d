package trapline.kernel.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.function.Consumer;
import trapline.model.RanFunction;

/// Reads the text of the tracer `function_graph` with the events `raw_syscalls:sys_enter` and
/// `sys_exit`.
public final class FunctionGraph {
  /// One call of one thread.
  ///
  /// @param thread its id
  /// @param number the call's number; -1 when its entry was not seen
  /// @param arguments its six arguments; empty when its entry was not seen
  /// @param result what it returned; meaningless unless `ended`
  /// @param ended whether its exit was seen
  /// @param root a function without address named as the call's entry path, with the functions seen
  ///     as its calls; costs in nanoseconds
  /// @param lost how many events the kernel said it lost while this call ran
  public record Call(
      int thread,
      int number,
      java.util.List<Long> arguments,
      long result,
      boolean ended,
      CallTree tree,
      long lost) {}

  private FunctionGraph() {}

  /// Reads to the end of the text.
  ///
  /// @return how many lines followed no known form
  public static long read(BufferedReader text, Consumer<Call> calls) throws IOException {
    throw new UnsupportedOperationException("" + text + calls + RanFunction.class);
  }
}
