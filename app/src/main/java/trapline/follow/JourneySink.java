package trapline.follow;

import trapline.model.Journey;

/// Takes what a run brings, in the order in which it happens.
public interface JourneySink {
  /// A call whose road is new.
  void journey(Journey journey);

  /// One more call from a place whose road was shown.
  void repeat(Journey journey);

  /// A call that the dynamic linker made before the program started.
  void startup(Journey journey);

  /// The program wrote to where the sink writes, too.
  ///
  /// @param lastByte the last byte that it wrote
  void programWrote(int lastByte);
}
