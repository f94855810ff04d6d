package trapline.follow;

import java.util.Set;
import trapline.capture.Capability;
import trapline.model.RunSummary;

/// One run of `follow`: until the program ends, every call asked for has been followed, or someone
/// interrupts.
///
/// Runs on the thread that made the capture.
public final class FollowSession {
  /// How a run ended.
  ///
  /// @param end why it ended
  /// @param status what the program passed to exit; 0 when it did not end
  /// @param signal the signal that ended the program; 0 when none did
  /// @param missing calls that were asked for and not seen
  /// @param vdso those of `missing` that the vDSO answers without a trap
  public record Result(RunEnd end, int status, int signal, Set<String> missing, Set<String> vdso) {
    public Result {
      missing = Set.copyOf(missing);
      vdso = Set.copyOf(vdso);
    }
  }

  private final Session session;
  private final FollowedCalls calls;

  /// @param sink takes the journeys
  public FollowSession(SessionSetup setup, FollowOptions options, JourneySink sink) {
    ProcessTable processes = new ProcessTable(setup.capture(), setup.builder(), setup.objects());
    SeccompView filters = new SeccompView(setup.capture().find(Capability.SECCOMP));
    this.calls = new FollowedCalls(setup, options, sink, processes, filters);
    this.session = new Session(setup, calls, processes, filters);
  }

  /// What the run came to, once it has ended.
  public RunSummary summary(String program) {
    return calls.summary(program);
  }

  /// Follows until the end. The capture is left to the caller to close.
  public Result run() {
    return calls.end(session.run());
  }
}
