package trapline.capture;

/// Which part seccomp filters had in a call's result, for threads that are stopped at its end.
public interface SeccompAnswers {
  /// What the filters of a process say of a call.
  SeccompVerdict verdict(TraceEvent.Exited exited);

  /// Whether a filter kept a call from being made and had SIGSYS sent for it. The registers are
  /// those of before the call then.
  boolean wasTrapped(TraceEvent.Exited exited);
}
