package trapline.kernel.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/// Reads the text of return probes (`kretprobe` events with one argument, `$retval`).
public final class ReturnProbes {
  /// A function returned.
  ///
  /// @param function its name
  /// @param caller whom it returned to; empty when the event does not tell
  /// @param value what it returned, as printed
  public record Returned(String function, String caller, long value) {}

  /// One call of one thread.
  ///
  /// @param returned the functions in the order in which they returned
  public record Call(
      int thread,
      int number,
      List<Long> arguments,
      long result,
      boolean ended,
      List<Returned> returned,
      long lost) {}

  private ReturnProbes() {}

  /// Reads to the end of the text.
  ///
  /// @return how many lines followed no known form
  public static long read(BufferedReader text, Consumer<Call> calls) throws IOException {
    throw new UnsupportedOperationException("" + text + calls);
  }

  /// The same tree, with the return values that the probes saw in a run of the same call. Functions
  /// of the tree that no probe saw keep none.
  public static CallTree join(CallTree tree, List<Returned> returned) {
    throw new UnsupportedOperationException("" + tree + returned);
  }
}
