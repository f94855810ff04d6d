package trapline.why;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.kernel.KernelFunction;
import trapline.kernel.KernelFunctions;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelSource;
import trapline.kernel.VersionMatch;
import trapline.kernel.source.ErrnoPlaces;
import trapline.kernel.source.KernelFiles;
import trapline.linux.files.FileErrors;
import trapline.model.ErrorOrigin;
import trapline.model.MalformedBinary;
import trapline.model.Place;

/// The source of an observed kernel as indexes have it, with its text where a tree is at hand.
public final class IndexedSource implements Source {
  private static final String ARCHITECTURE = "x86";

  private final KernelIndex index;
  private final KernelFunctions functions;
  private final String origin;
  private final VersionMatch match;
  private final @Nullable KernelFiles text;
  private final KernelSource.Progress progress;
  private final Map<String, List<KernelFunction>> known = new HashMap<>();

  /// @param index the index that fits best
  /// @param functions where functions are
  /// @param origin where the index is from, for the user
  /// @param match how well it fits the kernel that is observed
  /// @param text the source's files; `null` when they are not at hand
  /// @param progress is told how far the reading of a tarball is
  public IndexedSource(
      KernelIndex index,
      KernelFunctions functions,
      String origin,
      VersionMatch match,
      @Nullable KernelSource text,
      KernelSource.Progress progress) {
    this.index = index;
    this.functions = functions;
    this.origin = origin;
    this.match = match;
    this.text = text == null ? null : new KernelFiles(text);
    this.progress = progress;
  }

  @Override
  public Function<String, List<Place>> places() {
    return name -> candidates(name).stream().map(KernelFunction::place).toList();
  }

  private List<KernelFunction> candidates(String name) {
    return known.computeIfAbsent(
        name,
        each ->
            functions
                .find(each, ARCHITECTURE)
                .map(KernelFunctions.Found::candidates)
                .orElse(List.of()));
  }

  @Override
  public String description() {
    String fit =
        switch (match.level()) {
          case EXACT -> "exact";
          case SAME_RELEASE -> "the same release, perhaps with other patches";
          case SAME_SERIES -> "the same series, lines are approximate";
          case OTHER -> "another series, lines are approximate and functions may differ";
          case UNKNOWN -> "which kernel was observed is not known";
        };
    return index.version().text() + " (" + origin + "): " + fit;
  }

  @Override
  public List<ErrorOrigin> withCandidates(List<ErrorOrigin> origins) {
    if (text == null) {
      return origins;
    }
    Set<String> files = new TreeSet<>();
    for (ErrorOrigin origin : origins) {
      innermost(origin).ifPresent(function -> files.add(function.place().file()));
    }
    try {
      text.prepare(List.copyOf(files), progress);
      ErrnoPlaces places =
          new ErrnoPlaces(text, index.functions().orElse(null), ARCHITECTURE, name -> true);
      List<ErrorOrigin> all = new ArrayList<>();
      for (ErrorOrigin origin : origins) {
        Optional<KernelFunction> function = innermost(origin);
        all.add(function.isEmpty() ? origin : with(origin, places, function.get()));
      }
      return all;
    } catch (IOException | MalformedBinary e) {
      String why = "The places in the source that can say it were not read: " + FileErrors.text(e);
      return origins.stream().map(origin -> origin.with(origin.candidates(), why)).toList();
    }
  }

  /// The definition of the function that said an error. Of several of one name, as files have
  /// static ones, it is that in the file of the nearest caller which is in one of theirs.
  private Optional<KernelFunction> innermost(ErrorOrigin origin) {
    List<ErrorOrigin.Teller> road = origin.road();
    if (road.isEmpty()) {
      return Optional.empty();
    }
    List<KernelFunction> all = candidates(road.getLast().function().name());
    for (int i = road.size() - 2; i >= 0 && all.size() > 1; i--) {
      Set<String> files = new TreeSet<>();
      for (KernelFunction caller : candidates(road.get(i).function().name())) {
        files.add(caller.place().file());
      }
      List<KernelFunction> same =
          all.stream().filter(each -> files.contains(each.place().file())).toList();
      all = same.isEmpty() ? all : same;
    }
    return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
  }

  private static ErrorOrigin with(ErrorOrigin origin, ErrnoPlaces places, KernelFunction function)
      throws IOException {
    String errno = Errnos.of((int) -origin.road().getLast().value()).name();
    return origin.with(places.of(function, errno), "");
  }
}
