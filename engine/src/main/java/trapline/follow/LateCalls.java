package trapline.follow;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.journey.JourneyBuilder.ReturnPoint;
import trapline.journey.Origin;
import trapline.journey.ReturnTrace;
import trapline.journey.SlotHistory;

/// Calls of which only what may change was read while their threads were stopped: registers, the
/// stack, arguments, results, the way back. Names, lines and the rest of the way are looked up once
/// no thread waits.
final class LateCalls {
  /// More are not put off: a program that makes calls from ever new places would be far ahead.
  private static final int MOST = 64;

  private static final int MOST_KNOWN = 20_000;

  /// How far the look-ups for a call are.
  private enum State {
    UNNAMED,
    NAMED,
    EXPLORED
  }

  /// A call that was put off.
  private static final class Late {
    private final Place place;
    private final SlotHistory history;
    private final @Nullable ReturnPoint expected;
    private PendingCall call;
    private State state = State.UNNAMED;
    private boolean isCountedOnly;
    private long again;
    private @Nullable ReturnedCall returned;
    private @Nullable ReturnTrace trace;

    private Late(Place place, PendingCall call, SlotHistory history) {
      this.place = place;
      this.call = call;
      this.history = history;
      this.expected = call.arrival().returnPoint();
    }

    /// The call when it has returned.
    ReturnedCall whole() {
      return Objects.requireNonNull(returned).with(call);
    }

    /// The way back, unless the thread was followed to another place than the one that the names
    /// show it was called from.
    ReturnTrace wayBack() {
      ReturnTrace whole = Objects.requireNonNull(trace);
      return Objects.equals(expected, call.arrival().returnPoint())
          ? whole
          : ReturnTrace.of(
              whole().departure().registers(), "the thread ran on before its caller was known");
    }
  }

  /// A stack of one process.
  private record Place(TracedProcess process, Object addresses) {}

  private final Map<Place, Late> waiting = new HashMap<>();
  private final IdentityHashMap<Arrival, Late> calls = new IdentityHashMap<>();
  private final ArrayDeque<Late> returned = new ArrayDeque<>();

  /// The sites of stacks that were named, which [Origin] may not recognise again.
  private final Map<Place, String> sites = new HashMap<>();

  private final ShownCalls shown;
  private final JourneyMaker maker;
  private final boolean inBrief;

  /// @param inBrief whether no more than the place of a call is shown
  LateCalls(ShownCalls shown, JourneyMaker maker, boolean inBrief) {
    this.shown = shown;
    this.maker = maker;
    this.inBrief = inBrief;
  }

  boolean isFull() {
    return waiting.size() >= MOST;
  }

  /// Takes one more call from a stack.
  ///
  /// @return whether it is only counted: one from there waits already, or was followed
  boolean isCounted(TracedProcess process, Origin origin) {
    Place place = new Place(process, origin.addresses());
    String site = sites.get(place);
    if (site != null) {
      shown.pass(site);
      return true;
    }
    Late late = waiting.get(place);
    if (late != null) {
      late.again++;
    }
    return late != null;
  }

  /// Takes a call of which more is looked up later.
  ///
  /// @param nanoTime when it began
  PendingCall begin(TracedProcess process, Origin origin, Arrival arrival, long nanoTime) {
    PendingCall call =
        new PendingCall(arrival, PendingCall.Kind.LATE, nanoTime, 1, List.of(), null);
    Place place = new Place(process, origin.addresses());
    Late late = new Late(place, call, process.slots().copy());
    waiting.put(place, late);
    calls.put(arrival, late);
    return call;
  }

  /// A call that was put off has returned, and its thread has gone its way.
  void returned(ReturnedCall call, ReturnTrace trace) {
    Late late = calls.get(call.call().arrival());
    if (late != null) {
      late.returned = call;
      late.trace = trace;
      returned.add(late);
    }
  }

  boolean hasReturned() {
    return !returned.isEmpty();
  }

  /// Looks up a part of what is left of the call that returned first. The parts are small: a thread
  /// may come to its next call at any time, and wait for this one.
  ///
  /// @param finish takes the call and its way back when there is nothing left to look up
  void catchUp(BiConsumer<ReturnedCall, ReturnTrace> finish) {
    Late next = returned.element();
    switch (next.state) {
      case UNNAMED -> {
        next.call.arrival().site();
        next.state = State.NAMED;
      }
      case NAMED -> explore(next);
      case EXPLORED -> {
        returned.remove();
        calls.remove(next.call.arrival());
        if (!next.isCountedOnly) {
          finish.accept(next.whole(), next.wayBack());
        }
      }
    }
  }

  /// Takes a call that is put off no longer.
  ///
  /// @return with all up to the kernel; `null` when its site was shown before: it is only counted
  @Nullable PendingCall named(PendingCall call) {
    Late late = Objects.requireNonNull(calls.remove(call.arrival()));
    explore(late);
    return late.isCountedOnly ? null : late.call;
  }

  private void explore(Late late) {
    if (late.state == State.EXPLORED) {
      return;
    }
    late.state = State.EXPLORED;
    Arrival arrival = late.call.arrival();
    String site = arrival.site();
    waiting.remove(late.place);
    if (sites.size() < MOST_KNOWN) {
      sites.put(late.place, site);
    }
    late.isCountedOnly = shown.isKnown(site);
    if (!late.isCountedOnly) {
      shown.begin(site);
      maker.look(arrival, late.place.process, late.history, inBrief);
      late.call = late.call.named();
    }
    for (long i = late.isCountedOnly ? 0 : 1; i < 1 + late.again; i++) {
      shown.pass(site);
    }
  }

  /// Looks up everything: the code and memory that it is read from may be about to change.
  void exploreAll() {
    calls.values().forEach(this::explore);
    sites.clear();
  }
}
