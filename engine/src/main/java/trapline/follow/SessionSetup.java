package trapline.follow;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import trapline.capture.Capture;
import trapline.decode.Limits;
import trapline.journey.JourneyBuilder;
import trapline.linux.objects.ObjectFiles;

/// What a session works with.
///
/// @param capture brings the calls; it is left to the caller to close
/// @param builder makes journeys of them
/// @param attached whether the program ran before: its start is not seen
/// @param prepared what was found out about it then; `null` for nothing
/// @param notes what another run of the program needs to know is noted here; `null` when there will
///     be none
/// @param watch watches the kernel meanwhile; [CallWatch#NONE] for nobody
/// @param openLines learns what the program writes
/// @param interruptionComes asked when the program was sent a signal that, sent to both, ends this
///     run, too: whether it was
public record SessionSetup(
    Capture capture,
    JourneyBuilder builder,
    ObjectFiles objects,
    Limits limits,
    boolean attached,
    @Nullable Preparation prepared,
    @Nullable RunNotes notes,
    CallWatch watch,
    OpenLines openLines,
    BooleanSupplier interruptionComes) {

  /// The run of a program that was launched, which nobody watches or runs again.
  public static SessionSetup of(
      Capture capture, JourneyBuilder builder, ObjectFiles objects, Limits limits) {
    return new SessionSetup(
        capture,
        builder,
        objects,
        limits,
        false,
        null,
        null,
        CallWatch.NONE,
        new OpenLines(),
        () -> false);
  }

  /// The same, of which notes are taken for another run.
  public SessionSetup with(RunNotes taken) {
    return new SessionSetup(
        capture,
        builder,
        objects,
        limits,
        attached,
        prepared,
        taken,
        watch,
        openLines,
        interruptionComes);
  }
}
