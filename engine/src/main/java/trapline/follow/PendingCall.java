package trapline.follow;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.model.CallKey;
import trapline.model.Registers;

/// A call that has begun.
///
/// @param walked the states from the call site to the trap; empty when it was not walked
/// @param key which call of the run it is; `null` when no notes are taken
record PendingCall(
    Arrival arrival,
    Kind kind,
    long nanoTime,
    long occurrence,
    List<Registers> walked,
    @Nullable CallKey key) {
  /// How it is shown.
  enum Kind {
    FULL,
    /// As `FULL`, unless its site turns out to be known when its names are looked up.
    LATE,
    REPEAT,
    STARTUP
  }

  /// The same call, which is shown in full.
  PendingCall named() {
    return new PendingCall(arrival, Kind.FULL, nanoTime, occurrence, walked, key);
  }
}
