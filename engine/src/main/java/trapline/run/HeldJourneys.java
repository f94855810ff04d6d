package trapline.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.follow.JourneySink;
import trapline.model.CallKey;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.report.WhyReport;
import trapline.why.GuestObserver;

/// Keeps a run's journeys until the kernel has been observed, then hands them on with what ran.
public final class HeldJourneys implements JourneySink {
  private enum Kind {
    JOURNEY,
    REPEAT,
    STARTUP,
    ONLY_AT_STARTUP,
    STARTED
  }

  private record Held(Kind kind, @Nullable Journey journey) {}

  private final JourneySink shown;
  private final List<Held> held = new ArrayList<>();

  /// @param shown where they go in the end
  public HeldJourneys(JourneySink shown) {
    this.shown = shown;
  }

  @Override
  public boolean wantsWholeJourneys() {
    return shown.wantsWholeJourneys();
  }

  @Override
  public boolean wantsOnlyLines() {
    return shown.wantsOnlyLines();
  }

  @Override
  public void journey(Journey journey) {
    held.add(new Held(Kind.JOURNEY, journey));
  }

  @Override
  public void repeat(Journey journey) {
    held.add(new Held(Kind.REPEAT, journey));
  }

  @Override
  public void startup(Journey journey) {
    held.add(new Held(Kind.STARTUP, journey));
  }

  @Override
  public void onlyAtStartup(Journey journey) {
    held.add(new Held(Kind.ONLY_AT_STARTUP, journey));
  }

  @Override
  public void started() {
    held.add(new Held(Kind.STARTED, null));
  }

  /// Has the calls of the journeys that are shown whole observed, and adds what ran.
  public void observe(KernelObservation kernel, Path executable, List<String> command) {
    List<GuestObserver.Wanted> wanted = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < held.size(); i++) {
      Journey journey = held.get(i).journey();
      CallKey key = journey == null ? null : kernel.notes().keyOf(journey);
      if (journey != null && key != null && isWhole(held.get(i).kind())) {
        wanted.add(new GuestObserver.Wanted(key, journey.outcome()));
        places.add(i);
      }
    }
    GuestObserver.Observed observed = kernel.observe(wanted, executable, command);
    for (int i = 0; i < places.size(); i++) {
      Held each = held.get(places.get(i));
      Journey journey = each.journey();
      if (journey != null) {
        GuestObserver.Seen seen = observed == null ? null : observed.calls().get(i);
        replace(journey, journey.withHop(hop(seen, kernel)));
      }
    }
  }

  private static boolean isWhole(Kind kind) {
    return kind == Kind.JOURNEY || kind == Kind.ONLY_AT_STARTUP;
  }

  /// A call that came at the start only is held twice.
  @SuppressWarnings("ReferenceEquality")
  private void replace(Journey journey, Journey more) {
    held.replaceAll(each -> each.journey() == journey ? new Held(each.kind(), more) : each);
  }

  private static Hop hop(GuestObserver.@Nullable Seen seen, KernelObservation kernel) {
    if (seen == null) {
      return new Hop.Missing(
          HopKind.KERNEL_FUNCTION,
          kernel.observed()
              ? "the program's run in the guest kernel did not make this call"
              : "the kernel was not observed: " + kernel.whyNot(),
          "");
    }
    return new Hop.KernelFunctions(
        new Evidence.ObservedIn(WhyReport.where(seen.run())),
        seen.run(),
        kernel.source().description());
  }

  /// Hands everything on, in its order.
  public void show() {
    for (Held each : held) {
      Journey journey = each.journey();
      if (journey == null) {
        shown.started();
        continue;
      }
      switch (each.kind()) {
        case JOURNEY -> shown.journey(journey);
        case REPEAT -> shown.repeat(journey);
        case ONLY_AT_STARTUP -> shown.onlyAtStartup(journey);
        default -> shown.startup(journey);
      }
    }
    held.clear();
  }
}
