package trapline.follow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.abi.Signals;
import trapline.model.Frame;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.RunSummary;

/// Counts the calls of a run.
final class Tally {
  private static final class Site {
    private final String call;
    private final @Nullable Frame user;
    private long times;

    Site(String call, @Nullable Frame user) {
      this.call = call;
      this.user = user;
    }
  }

  private final Map<String, Site> sites = new LinkedHashMap<>();

  /// Calls that nobody looks at, by their site: that one is emitted later, or has been.
  private final Map<String, Long> passed = new HashMap<>();

  private final Map<String, Long> failures = new LinkedHashMap<>();
  private long calls;
  private long startup;
  private long followed;
  private long lost;

  /// A call before the program's own code, of which only the name is known.
  void startup() {
    calls++;
    startup++;
  }

  /// Events that could not be captured.
  void lost(long count) {
    lost += count;
  }

  /// A call from a place from which one was followed.
  void passed(String site) {
    calls++;
    Site known = sites.get(site);
    if (known == null) {
      passed.merge(site, 1L, Long::sum);
    } else {
      known.times++;
    }
  }

  void emitted(PendingCall call, Journey journey) {
    if (call.kind() == PendingCall.Kind.STARTUP) {
      startup();
      return;
    }
    calls++;
    followed++;
    String name = call.arrival().site();
    Site site = sites.get(name);
    if (site == null) {
      site = new Site(journey.name(), journey.userFrame());
      site.times = passed.getOrDefault(name, 0L);
      passed.remove(name);
      sites.put(name, site);
    }
    site.times++;
    if (journey.outcome() instanceof Outcome.Failed failed) {
      failures.merge(journey.name() + " " + failed.errno().name(), 1L, Long::sum);
    }
  }

  /// @param status what the program passed to exit
  /// @param signal the signal that ended it; 0 when none did
  RunSummary summary(String program, int status, int signal) {
    List<RunSummary.Site> all = new ArrayList<>();
    for (Site each : sites.values()) {
      all.add(new RunSummary.Site(each.call, each.user, each.times));
    }
    return new RunSummary(
        program,
        status,
        signal == 0 ? "" : Signals.name(signal),
        calls,
        startup,
        followed,
        failures,
        all,
        lost);
  }
}
