package trapline.why;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.kernel.FunctionIndex;
import trapline.kernel.KernelIndex;
import trapline.kernel.VersionMatch;
import trapline.model.ErrorOrigin;
import trapline.model.Place;

/// The source of an observed kernel as an index has it.
public final class IndexedSource implements Source {
  private final KernelIndex index;
  private final String origin;
  private final VersionMatch match;
  private final boolean hasFunctions;
  private final KernelPlaces places;

  /// @param functions where its functions are; `null` when that is not indexed
  /// @param origin where the index is from, for the user
  /// @param match how well it fits the kernel that is observed
  public IndexedSource(
      KernelIndex index, @Nullable FunctionIndex functions, String origin, VersionMatch match) {
    this.index = index;
    this.origin = origin;
    this.match = match;
    this.hasFunctions = functions != null;
    this.places = new KernelPlaces(functions);
  }

  @Override
  public Function<String, @Nullable Place> places() {
    return places;
  }

  @Override
  public String description() {
    if (!hasFunctions) {
      return "no source: the index of "
          + index.version().text()
          + " names no functions; trapline index TREE makes one that does";
    }
    String fit =
        switch (match.level()) {
          case EXACT -> "exact";
          case SAME_RELEASE -> "the same release, perhaps with other patches";
          case SAME_SERIES -> "the same series; lines are approximate";
          case OTHER -> "another series; lines are approximate and functions may differ";
          case UNKNOWN -> "which kernel was observed is not known";
        };
    return index.version().text() + " (" + origin + "): " + fit;
  }

  @Override
  public ErrorOrigin withCandidates(ErrorOrigin origin) {
    return origin;
  }
}
