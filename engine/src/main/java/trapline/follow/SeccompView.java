package trapline.follow;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.capture.SeccompAnswers;
import trapline.capture.SeccompVerdict;
import trapline.capture.TraceEvent;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.model.Diagnostic;
import trapline.model.Evidence;
import trapline.model.LocalCause;

/// Tells of calls that seccomp filters answered in the kernel function's place.
final class SeccompView {
  private static final String WHERE = "seccomp";
  private static final String NOT_RUN = ": the kernel function did not run";

  /// What filters refuse calls with. With others, every failure in a container would be theirs.
  private static final Set<String> USUAL = Set.of("EPERM", "EACCES", "ENOSYS");

  private final @Nullable SeccompAnswers answers;

  SeccompView(@Nullable SeccompAnswers answers) {
    this.answers = answers;
  }

  private SeccompVerdict verdict(TraceEvent.Exited exited) {
    return answers == null ? SeccompVerdict.NONE : answers.verdict(exited);
  }

  /// Adds to a call that has returned what is known of the filters' part in its result.
  void note(TraceEvent.Exited exited, Arrival arrival) {
    String name = arrival.name();
    if (name.equals("seccomp") || name.equals("prctl")) {
      return; // a filter that it installed did not look at it
    }
    boolean failed = exited.registers().result() < 0;
    switch (verdict(exited)) {
      case RESULT -> note(arrival, "a filter of the process returned this result" + NOT_RUN, "");
      case TRACED -> note(arrival, "a filter asked for a tracer, and there is none" + NOT_RUN, "");
      case NOTIFIED ->
          note(
              arrival,
              "a filter asked another process, which returned this result or let the kernel"
                  + " function run",
              "");
      case UNREADABLE -> {
        if (failed) {
          note(
              arrival,
              "the process has a filter, which may have given this error in the kernel function's"
                  + " place",
              "run Trapline with CAP_SYS_ADMIN: it can then read the filter");
        }
      }
      case NONE, TRAPPED, KILLED -> {}
    }
  }

  /// Whether a filter kept a call from being made, so that its result says nothing of the kernel
  /// function.
  boolean isTrapped(TraceEvent.Exited exited) {
    return answers != null && answers.wasTrapped(exited);
  }

  /// What is known of the filters' part in a call that has failed; observed where one surely gave
  /// the error, `null` when none did.
  @Nullable LocalCause cause(TraceEvent.Exited exited, String name, String errno) {
    if (name.equals("seccomp") || name.equals("prctl")) {
      return null; // a filter that it installed did not look at it
    }
    return switch (verdict(exited)) {
      case RESULT ->
          new LocalCause("a seccomp filter of the process answered" + NOT_RUN, Evidence.OBSERVED);
      case TRACED ->
          new LocalCause(
              "a seccomp filter asked for a tracer, and there is none" + NOT_RUN,
              Evidence.OBSERVED);
      case NOTIFIED ->
          new LocalCause(
              "a seccomp filter asked another process, which may have given this error",
              new Evidence.Inferred(
                  "the filter shows that it asks another process, not what the answer was"));
      case UNREADABLE ->
          USUAL.contains(errno)
              ? new LocalCause(
                  "a seccomp filter of the process may have given this error: reading it needs"
                      + " CAP_SYS_ADMIN",
                  new Evidence.Inferred("the process has a filter"))
              : null;
      case NONE, TRAPPED, KILLED -> null;
    };
  }

  private static void note(Arrival arrival, String what, String remedy) {
    arrival.note(new Diagnostic(WHERE, what, remedy));
  }
}
