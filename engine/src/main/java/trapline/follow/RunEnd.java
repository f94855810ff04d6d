package trapline.follow;

/// Why a run ended.
public enum RunEnd {
  /// All that was asked for has been seen.
  COMPLETE,
  /// The program ended.
  PROGRAM_ENDED,
  INTERRUPTED
}
