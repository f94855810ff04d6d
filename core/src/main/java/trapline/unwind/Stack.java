package trapline.unwind;

import java.util.List;
import trapline.model.RemoteMemory;

/// A thread's stack.
///
/// @param frames innermost first; never empty
/// @param end empty when the stack is whole down to where the thread started; else why it ends
///     early, as a phrase
/// @param memory what of the program's memory was read for it, as it was then; the rest is
///     unreadable
public record Stack(List<PhysicalFrame> frames, String end, RemoteMemory memory) {
  public Stack {
    frames = List.copyOf(frames);
  }

  /// Whether the stack reaches down to where the thread started.
  public boolean whole() {
    return end.isEmpty();
  }
}
