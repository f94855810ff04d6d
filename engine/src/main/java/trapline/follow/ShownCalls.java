package trapline.follow;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import trapline.model.Journey;
import trapline.model.RunSummary;

/// What was shown of a run so far: counts the calls of each site, and hands journeys on.
final class ShownCalls {
  private final FollowOptions options;
  private final JourneySink sink;
  private final Map<String, Long> occurrences = new HashMap<>();
  private final Set<String> followed = new HashSet<>();
  private final Map<String, Journey> startupOnly = new LinkedHashMap<>();
  private final Tally tally = new Tally();

  ShownCalls(FollowOptions options, JourneySink sink) {
    this.options = options;
    this.sink = sink;
  }

  /// Counts a call that comes before the program's own code, of which only the name is known.
  void countStartup(String name) {
    sink.startupCall(name);
    tally.startup();
  }

  /// Counts events that could not be captured.
  void countLost(long count) {
    tally.lost(count);
  }

  /// Whether a call of a site was followed, or is being followed.
  boolean isKnown(String site) {
    return occurrences.getOrDefault(site, 0L) > 0;
  }

  /// Counts a call that is not followed, as one of its site was.
  void pass(String site) {
    occurrences.merge(site, 1L, Long::sum);
    tally.passed(site);
  }

  /// Counts a call that is followed.
  ///
  /// @return how many of its site there were, with it
  long begin(String site) {
    return occurrences.merge(site, 1L, Long::sum);
  }

  /// A call that was counted will come again, and that one is the answer.
  void takeBack(String site) {
    occurrences.merge(site, -1L, Long::sum);
  }

  /// Hands a journey on.
  void emit(PendingCall call, Journey journey) {
    tally.emitted(call, journey);
    switch (call.kind()) {
      case FULL, LATE -> {
        followed.add(journey.name());
        sink.journey(journey);
      }
      case REPEAT -> {
        followed.add(journey.name());
        sink.repeat(journey);
      }
      case STARTUP -> {
        startupOnly.putIfAbsent(journey.name(), journey);
        sink.startup(journey);
      }
    }
  }

  /// Whether every call that was asked for has been followed.
  boolean isComplete() {
    return !options.all() && !options.calls().isEmpty() && followed.containsAll(options.calls());
  }

  /// Hands on what was asked for and came only while the program started.
  ///
  /// @return what was asked for and did not come at all
  Set<String> missing() {
    sink.started();
    Set<String> missing = new HashSet<>(options.calls());
    missing.removeAll(followed);
    missing.removeIf(
        name -> {
          Journey journey = startupOnly.get(name);
          if (journey != null) {
            sink.onlyAtStartup(journey);
          }
          return journey != null;
        });
    return missing;
  }

  RunSummary summary(String program, int status, int signal) {
    return tally.summary(program, status, signal);
  }
}
