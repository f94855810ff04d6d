package trapline.unwind;

import org.jspecify.annotations.Nullable;
import trapline.model.RemoteAddress;

/// The object files that a program has mapped.
@FunctionalInterface
public interface UnwindModules {
  /// The object file whose executable mapping holds an address, also the vDSO.
  ///
  /// @return `null` when the address is in no executable mapping of an object file
  @Nullable UnwindModule at(RemoteAddress address);
}
