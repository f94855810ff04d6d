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
/// show: an unrolled loop makes the same call from one line by many instructions. Where no line is
/// known, the calls of one function that was called from the same place belong together.
final class SeenLines {
  /// A program that makes code as it runs has ever new lines.
  private static final int MOST = 10_000;

  /// @param place `null` without debug information: the function stands for the line then
  /// @param callers the chain of return addresses; empty where the line is known
  /// @param library the library function that the line calls; empty when it traps by itself
  /// @param outcome returned, or with which error it failed
  private record Line(
      SyscallId call,
      String module,
      String function,
      @Nullable Place place,
      String callers,
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
        || journey.hop(HopKind.KERNEL_FUNCTION) != null;
  }

  private static @Nullable Line line(Journey journey) {
    Frame user = journey.userFrame();
    if (user == null || (user.place() == null && user.function().isEmpty())) {
      return null;
    }
    String library = "";
    if (journey.hop(HopKind.WRAPPER) instanceof Hop.Wrapper wrapper) {
      library = wrapper.path().isEmpty() ? wrapper.function() : wrapper.path().getFirst();
    }
    String outcome =
        journey.outcome() instanceof Outcome.Failed failed
            ? failed.errno().name()
            : journey.outcome().kind();
    String callers =
        user.place() == null && journey.hop(HopKind.SOURCE_LINE) instanceof Hop.SourceLine source
            ? callers(source)
            : "";
    return new Line(
        journey.id(), user.module(), user.function(), user.place(), callers, library, outcome);
  }

  /// The places that a function was called from.
  private static String callers(Hop.SourceLine source) {
    StringBuilder callers = new StringBuilder();
    for (Frame frame : source.stack().subList(source.user() + 1, source.stack().size())) {
      callers.append(frame.module()).append('+').append(frame.moduleOffset()).append('\n');
    }
    return callers.toString();
  }
}
