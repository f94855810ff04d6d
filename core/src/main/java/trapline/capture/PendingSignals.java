package trapline.capture;

/// The signals that stopped threads will get when they are resumed.
public interface PendingSignals {
  /// The signal that a thread is stopped for, or the first that was kept while it was stepped; 0
  /// when there is none.
  int pendingSignal(int threadId);

  /// Whether the program has a handler for the signal of [#pendingSignal(int)].
  boolean handlesPending(int threadId);

  /// Who sent the signal of [#pendingSignal(int)].
  SignalOrigin pendingOrigin(int threadId);
}
