package trapline.follow;

import org.jspecify.annotations.Nullable;
import trapline.journey.JourneyBuilder.Departure;
import trapline.kernel.run.TracedCall;

/// A call that has returned.
///
/// @param ran what ran in the kernel meanwhile; `null` when that was not watched
record ReturnedCall(
    PendingCall call,
    Departure departure,
    TracedProcess process,
    long nanoseconds,
    @Nullable TracedCall ran) {
  int thread() {
    return call.arrival().caller().threadId();
  }

  ReturnedCall with(PendingCall other) {
    return new ReturnedCall(other, departure, process, nanoseconds, ran);
  }

  ReturnedCall with(Departure other) {
    return new ReturnedCall(call, other, process, nanoseconds, ran);
  }
}
