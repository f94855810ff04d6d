package trapline.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import trapline.model.Frame;
import trapline.model.Hop;

/// The callers that were shown, as a tree: each function below the one that called it.
final class ToldStacks {
  private static final int MOST = 100_000;

  /// The number of each function in the tree, by its caller's and by what is shown of it.
  private final Map<String, Integer> functions = new HashMap<>();

  void add(Hop.SourceLine line) {
    List<Frame> stack = line.stack();
    int caller = -1;
    for (int i = stack.size() - 1; i >= 0 && functions.size() < MOST; i--) {
      String key = key(caller, stack.get(i), line);
      Integer known = functions.get(key);
      caller = known == null ? functions.size() : known;
      if (known == null) {
        functions.put(key, caller);
      }
    }
  }

  /// The index in the stack from which on all was shown; its size when nothing was.
  int knownFrom(Hop.SourceLine line) {
    List<Frame> stack = line.stack();
    int caller = -1;
    for (int i = stack.size() - 1; i >= 0; i--) {
      Integer known = functions.get(key(caller, stack.get(i), line));
      if (known == null) {
        return i + 1;
      }
      caller = known;
    }
    return 0;
  }

  private static String key(int caller, Frame frame, Hop.SourceLine line) {
    char flags =
        (char)
            ('0'
                + (frame.inlined() ? 1 : 0)
                + (frame.signal() ? 2 : 0)
                + (frame.tailCall() ? 4 : 0)
                + (frame.own() ? 8 : 0));
    String start = caller < 0 ? line.stackEnd() + '\0' : caller + "\0";
    return start
        + flags
        + frame.evidence().mark()
        + frame.function()
        + '\0'
        + frame.module()
        + '\0'
        + Names.where(frame);
  }
}
