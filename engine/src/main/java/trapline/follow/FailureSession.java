package trapline.follow;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.capture.Capability;
import trapline.kernel.run.TracedCall;
import trapline.model.CallKey;
import trapline.model.Journey;
import trapline.model.LocalCause;

/// One run of a program of which only the calls that fail are shown.
///
/// Runs on the thread that made the capture.
public final class FailureSession {
  /// A call that failed.
  ///
  /// @param key which call of the run it was
  /// @param journey the call, with its source line as only hop
  /// @param startup whether the dynamic linker or the C library made it before the program's own
  ///     code ran
  /// @param times how often the same place made the same call with the same error
  /// @param ran what ran in the kernel meanwhile; `null` when that was not watched or not seen
  /// @param causes what on this machine made it fail, as it was then
  /// @param lookUp the file that it only looked for; `null` when it was another kind of call
  public record Failure(
      CallKey key,
      Journey journey,
      boolean startup,
      long times,
      @Nullable TracedCall ran,
      List<LocalCause> causes,
      LookUps.@Nullable LookUp lookUp) {
    public Failure {
      causes = List.copyOf(causes);
    }

    Failure again() {
      return new Failure(key, journey, startup, times + 1, ran, causes, lookUp);
    }

    /// The same call of which nothing was seen in the kernel.
    public Failure unwatched() {
      return new Failure(key, journey, false, 1, null, causes, lookUp);
    }
  }

  /// How the run went.
  ///
  /// @param interrupted whether someone asked it to end
  /// @param status what the program passed to exit; 0 when it did not end by itself
  /// @param signal the signal that ended the program; 0 when none did
  /// @param failures in the order in which the calls returned
  /// @param passing those of them after which the program found what it looked for elsewhere, or
  ///     that looked for what no program needs
  /// @param lastWords the end of what was written to standard error
  /// @param calls how many calls were made
  /// @param left how many more failed of which nothing is kept, as there were too many
  /// @param seen the names of the calls that were made
  public record Result(
      boolean interrupted,
      int status,
      int signal,
      List<Failure> failures,
      Set<Failure> passing,
      String lastWords,
      long calls,
      long left,
      Set<String> seen) {
    public Result {
      failures = List.copyOf(failures);
      passing = Collections.unmodifiableSet(passing);
      seen = Set.copyOf(seen);
    }
  }

  /// A place that fails again and again is looked at this often.
  public static final int LOOKS = 64;

  /// How many places are told apart; later ones are not looked at.
  public static final int MOST_PLACES = 20_000;

  private final Session session;
  private final FailedCalls calls;
  private final RunProgress progress;

  /// @param setup has notes
  /// @param isEnough asked with all calls that have failed, when one more has: then the run is over
  /// @param progress shows how far the run is
  public FailureSession(
      SessionSetup setup, Predicate<List<Failure>> isEnough, RunProgress progress) {
    RunNotes notes = java.util.Objects.requireNonNull(setup.notes(), "notes");
    ProcessTable processes = new ProcessTable(setup.capture(), setup.builder(), setup.objects());
    SeccompView filters = new SeccompView(setup.capture().find(Capability.SECCOMP));
    this.progress = progress;
    this.calls = new FailedCalls(setup, notes, processes, filters, isEnough, progress);
    this.session = new Session(setup, calls, processes, filters);
  }

  /// Runs the program to its end, or until enough has failed. The capture is left to the caller to
  /// close.
  public Result run() {
    RunEnd end = session.run();
    progress.hide();
    return calls.result(end == RunEnd.INTERRUPTED);
  }
}
