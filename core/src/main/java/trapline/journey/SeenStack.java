package trapline.journey;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.model.SyscallId;

/// A stack that was seen, and what was found out about the calls that were made from it.
final class SeenStack {
  private final CallStack stack;
  private final Map<SyscallId, Exploration> calls = new HashMap<>(2);

  SeenStack(CallStack stack) {
    this.stack = stack;
  }

  CallStack stack() {
    return stack;
  }

  @Nullable Exploration get(SyscallId call) {
    return calls.get(call);
  }

  void put(SyscallId call, Exploration found) {
    calls.put(call, found);
  }
}
