package trapline.follow;

import trapline.model.Journey;
import trapline.model.RunSummary;

/// Takes what a run brings, in the order in which it happens.
public interface JourneySink {
  /// Whether journeys that were shown before, or belong to the start of the program, are shown
  /// whole,
  /// too. Otherwise they have no hop but the source line.
  boolean wantsWholeJourneys();

  /// Whether nothing of a journey is shown but the call, how it ended and the user's line.
  default boolean wantsOnlyLines() {
    return false;
  }

  /// A call whose road is new.
  void journey(Journey journey);

  /// One more call from a place whose road was shown.
  void repeat(Journey journey);

  /// A call that the dynamic linker made before the program started.
  void startup(Journey journey);

  /// Whether calls that come before the program's own code are only counted, by [#startupCall].
  default boolean countsStartup() {
    return false;
  }

  /// As [#startup(Journey)], of a call of which only the name is known.
  default void startupCall(String name) {}

  /// Makes of a journey what would be shown, and drops it: so that the code has run before a thread
  /// waits for it.
  default void rehearse(Journey journey) {}

  /// A call that was asked for and came at the start of the program only; it was handed on there.
  void onlyAtStartup(Journey journey);

  /// Returns when all that was handed over is written: the program is about to write to the same
  /// place.
  default void settle() {}

  /// No more calls of [#startup] will come for now.
  void started();

  /// The program has ended.
  default void ended(RunSummary run) {}
}
