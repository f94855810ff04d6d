package trapline.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.Place;
import trapline.model.SyscallId;

/// Tells journeys that differ in nothing but the instruction from those that have something new to
/// show: an unrolled loop makes the same call from one line by many instructions.
final class SeenLines {
  /// A program that makes code as it runs has ever new lines.
  private static final int MOST = 10_000;

  /// @param library the library function that the line calls; empty when it traps by itself
  /// @param outcome returned, or with which error it failed
  private record Line(
      SyscallId call,
      String module,
      String function,
      Place place,
      String library,
      String outcome) {}

  private final Map<Line, Long> seen = new HashMap<>();

  /// Counts a journey that is about to be shown.
  ///
  /// @return how many came from its line by now with the same call, library function and outcome;
  ///     1 when its line is not known or when it says more than they
  long count(Journey journey) {
    Line line = line(journey);
    if (line == null || (seen.size() >= MOST && !seen.containsKey(line))) {
      return 1;
    }
    long times = seen.merge(line, 1L, Long::sum);
    return saysMore(journey) ? 1 : times;
  }

  private static boolean saysMore(Journey journey) {
    return !journey.steps().isEmpty()
        || !journey.diagnostics().isEmpty()
        || journey.hops().stream().anyMatch(hop -> hop.kind() == HopKind.KERNEL_FUNCTION);
  }

  private static @Nullable Line line(Journey journey) {
    Frame user = null;
    String library = "";
    for (Hop hop : journey.hops()) {
      if (hop instanceof Hop.SourceLine line
          && line.user() >= 0
          && line.user() < line.stack().size()) {
        user = line.frame();
      } else if (hop instanceof Hop.Wrapper wrapper) {
        library = wrapper.path().isEmpty() ? wrapper.function() : wrapper.path().getFirst();
      }
    }
    if (user == null || user.place() == null || !user.own()) {
      return null;
    }
    String outcome =
        journey.outcome() instanceof Outcome.Failed failed
            ? failed.errno().name()
            : journey.outcome().kind();
    return new Line(journey.id(), user.module(), user.function(), user.place(), library, outcome);
  }
}
