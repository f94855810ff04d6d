package trapline.follow;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.journey.JourneyBuilder;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.journey.ReturnTrace;
import trapline.journey.SlotHistory;
import trapline.model.CallKey;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.Step;

/// Makes journeys of what was read of calls, and hands them on.
final class JourneyMaker {
  private final JourneyBuilder builder;
  private final JourneySink sink;
  private final ShownCalls shown;
  private final CallWatch watch;
  private final @Nullable RunNotes notes;
  private final boolean stepsInBrief;

  JourneyMaker(SessionSetup setup, FollowOptions options, JourneySink sink, ShownCalls shown) {
    this.builder = setup.builder();
    this.sink = sink;
    this.shown = shown;
    this.watch = setup.watch();
    this.notes = setup.notes();
    this.stepsInBrief = options.steps() == FollowOptions.Steps.BRIEF;
  }

  /// Looks up a call's hops up to the kernel.
  ///
  /// @param history what the program's slots held when it was made
  /// @param inBrief whether no more than its place is shown
  void look(Arrival arrival, TracedProcess process, SlotHistory history, boolean inBrief) {
    if (inBrief && !sink.wantsWholeJourneys()) {
      builder.locate(arrival, process);
    } else {
      builder.explore(arrival, process, history, process.bindsNow(), process::libraryName);
    }
  }

  /// The journey of a call that has returned.
  Journey returned(ReturnedCall returned, ReturnTrace trace) {
    PendingCall call = returned.call();
    Journey journey =
        builder.returned(
            call.arrival(),
            returned.departure(),
            returned.process(),
            trace,
            returned.nanoseconds(),
            call.occurrence(),
            steps(call, returned.process(), trace));
    return call.kind() == PendingCall.Kind.FULL ? watch.with(journey, returned.ran()) : journey;
  }

  private List<Step> steps(PendingCall call, TracedProcess process, ReturnTrace trace) {
    return call.walked().isEmpty()
        ? List.of()
        : builder
            .steps(call.arrival(), process, stepsInBrief)
            .around(call.walked(), call.arrival().text(), trace);
  }

  /// Hands on the journey of a call that did not return, or has not.
  void unreturned(PendingCall call, Outcome outcome, long nanoseconds) {
    emit(
        call,
        builder.unreturned(call.arrival(), outcome, nanoseconds, call.occurrence(), List.of()));
  }

  /// Hands on a journey.
  void emit(PendingCall call, Journey journey) {
    CallKey key = call.key();
    if (notes != null && key != null) {
      notes.journey(journey, key);
    }
    shown.emit(call, journey);
  }
}
