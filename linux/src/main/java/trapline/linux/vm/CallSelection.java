package trapline.linux.vm;

import java.util.List;

/// Which calls a guest is stopped at. Those that make threads and run programs are always among
/// them, and those that do not come in by the `syscall` instruction.
///
/// @param patterns what they must be like; not looked at when every call is wanted
/// @param every whether to stop at every call
/// @param results whether to stop where they end, too
public record CallSelection(List<CallPattern> patterns, boolean every, boolean results) {
  /// Every call, where it begins.
  public static final CallSelection EVERY = new CallSelection(List.of(), true, false);

  /// Every call, where it begins and where it ends.
  public static final CallSelection EVERY_RESULT = new CallSelection(List.of(), true, true);

  public CallSelection {
    patterns = List.copyOf(patterns);
  }

  /// Only those that are like one of the patterns.
  public static CallSelection like(List<CallPattern> patterns) {
    return new CallSelection(patterns, false, false);
  }
}
