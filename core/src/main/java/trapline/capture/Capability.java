package trapline.capture;

/// Something that not every back-end can do. A session asks [Capture#find(Capability)] for it, and
/// does without it where it is not there.
///
/// @param name what it is called in messages
/// @param type what does it
public record Capability<T>(String name, Class<T> type) {
  /// Stops threads and runs them instruction by instruction.
  public static final Capability<Stepping> STEPPING =
      new Capability<>("stepping threads", Stepping.class);

  /// Stops threads at addresses.
  public static final Capability<Breakpoints> BREAKPOINTS =
      new Capability<>("breakpoints", Breakpoints.class);

  /// Knows signals before they are delivered.
  public static final Capability<PendingSignals> SIGNALS =
      new Capability<>("looking at pending signals", PendingSignals.class);

  /// Knows what seccomp filters answer.
  public static final Capability<SeccompAnswers> SECCOMP =
      new Capability<>("asking seccomp filters", SeccompAnswers.class);
}
