package trapline.follow;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
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
  enum State {
    UNNAMED,
    NAMED,
    EXPLORED
  }

  /// A call that was put off.
  static final class Late {
    private final Place place;
    private final SlotHistory history;
    private final @Nullable ReturnPoint expected;
    private PendingCall call;
    private State state = State.UNNAMED;
    private long again;
    private @Nullable ReturnedCall returned;
    private @Nullable ReturnTrace trace;

    private Late(Place place, PendingCall call, SlotHistory history) {
      this.place = place;
      this.call = call;
      this.history = history;
      this.expected = call.arrival().returnPoint();
    }

    State state() {
      return state;
    }

    void setState(State reached) {
      state = reached;
    }

    /// Takes the call with all that was looked up.
    void explored(PendingCall whole) {
      call = whole;
      state = State.EXPLORED;
    }

    /// Whether the thread was followed back to where its names show that it was called from.
    boolean isAsExpected() {
      return java.util.Objects.equals(expected, call.arrival().returnPoint());
    }

    PendingCall call() {
      return call;
    }

    /// What the slots of the program held when the call was made.
    SlotHistory history() {
      return history;
    }

    /// How many more calls came from the same stack meanwhile.
    long again() {
      return again;
    }

    TracedProcess process() {
      return place.process;
    }

    /// The call when it has returned, as all are that [LateCalls#first()] gives.
    ReturnedCall returned() {
      return java.util.Objects.requireNonNull(returned);
    }

    ReturnTrace trace() {
      return java.util.Objects.requireNonNull(trace);
    }
  }

  /// A stack of one process.
  private record Place(TracedProcess process, Object addresses) {}

  private final Map<Place, Late> waiting = new HashMap<>();
  private final IdentityHashMap<Arrival, Late> calls = new IdentityHashMap<>();
  private final ArrayDeque<Late> returned = new ArrayDeque<>();

  /// The sites of stacks that were named, which [Origin] may not recognise again.
  private final Map<Place, String> sites = new HashMap<>();

  boolean isFull() {
    return waiting.size() >= MOST;
  }

  /// Takes one more call from a stack.
  ///
  /// @return whether one from there waits already; this one is counted then
  boolean isWaiting(TracedProcess process, Origin origin) {
    Late late = waiting.get(new Place(process, origin.addresses()));
    if (late != null) {
      late.again++;
    }
    return late != null;
  }

  /// The site of a stack that was named before; `null` for none.
  @Nullable String site(TracedProcess process, Origin origin) {
    return sites.get(new Place(process, origin.addresses()));
  }

  void add(TracedProcess process, Origin origin, PendingCall call, SlotHistory history) {
    Place place = new Place(process, origin.addresses());
    Late late = new Late(place, call, history);
    waiting.put(place, late);
    calls.put(call.arrival(), late);
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

  /// The one that returned first.
  Late first() {
    return returned.element();
  }

  void removeFirst() {
    returned.remove();
  }

  /// Takes a call that is put off no longer.
  ///
  /// @param site its site, which is known now
  Late take(PendingCall call, String site) {
    Late late = java.util.Objects.requireNonNull(calls.remove(call.arrival()));
    waiting.remove(late.place);
    if (sites.size() < MOST_KNOWN) {
      sites.put(late.place, site);
    }
    return late;
  }

  /// Looks up what needs the code of a process in its place, which is about to change.
  void name() {
    calls.values().forEach(late -> late.call.arrival().site());
    sites.clear();
  }
}
