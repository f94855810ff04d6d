package trapline.kernel.run;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.model.ErrorOrigin;
import trapline.model.Place;

/// Finds who first said an error.
public final class ErrorSearch {
  public ErrorSearch(
      ReturnTypes types,
      KernelSymbols symbols,
      KernelCode code,
      Function<String, @Nullable Place> places) {
    throw new UnsupportedOperationException("" + types + symbols + code + places);
  }

  /// @param tree what ran
  /// @param errno the error that the call returned, positive; 512 to 516 for a restart
  public ErrorOrigin search(CallTree tree, int errno) {
    throw new UnsupportedOperationException("" + tree + errno);
  }
}
