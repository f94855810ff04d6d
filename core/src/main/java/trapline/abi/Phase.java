package trapline.abi;

/// When a parameter's memory holds what the call means by it.
public enum Phase {
  /// The program fills it in before the call.
  ENTRY,
  /// The kernel fills it in; it means nothing before the call returns.
  EXIT,
  /// The program fills it in and the kernel changes it.
  BOTH
}
