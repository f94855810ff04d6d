package trapline.why;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.kernel.FunctionIndex;
import trapline.kernel.KernelFunction;
import trapline.model.Place;

/// Where the source defines a kernel's functions.
final class KernelPlaces implements Function<String, @Nullable Place> {
  private static final String ARCHITECTURE = "x86";

  private final @Nullable FunctionIndex functions;
  private final Map<String, @Nullable Place> known = new HashMap<>();

  /// @param functions those of the source; `null` when none are indexed
  KernelPlaces(@Nullable FunctionIndex functions) {
    this.functions = functions;
  }

  /// The one place that defines a function; `null` when there is none, or several.
  @Override
  public @Nullable Place apply(String name) {
    if (functions == null) {
      return null;
    }
    if (known.containsKey(name)) {
      return known.get(name);
    }
    Place place = find(functions.named(name, ARCHITECTURE));
    known.put(name, place);
    return place;
  }

  private static @Nullable Place find(List<KernelFunction> definitions) {
    return definitions.size() == 1 ? definitions.getFirst().place() : null;
  }
}
