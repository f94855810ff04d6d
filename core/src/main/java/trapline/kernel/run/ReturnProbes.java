package trapline.kernel.run;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import trapline.kernel.run.TracedCall.Returned;

/// Reads the text of events of return probes with one argument, `$retval` (`kprobe_events`, lines
/// `r:NAME FUNCTION $retval`), with those of `raw_syscalls:sys_enter` and `sys_exit`: lines
/// `TASK-PID [CPU] FLAGS TIME: EVENT: TEXT` (`kernel/trace/trace_output.c`, `trace_kprobe.c`).
public final class ReturnProbes {
  /// More pairs are not compared.
  private static final long MAX_PAIRS = 1 << 24;

  private ReturnProbes() {}

  /// Reads to the end of the text.
  ///
  /// @param sink takes each call when its end was read, or the text ended; without a tree
  /// @return how many lines followed no known form
  public static long read(Reader text, Consumer<TracedCall> sink) throws IOException {
    CallEvents calls = new CallEvents(sink);
    long unknown = 0;
    TraceLines lines = new TraceLines(text);
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (!line(line, calls)) {
        unknown++;
      }
    }
    calls.finish();
    return unknown;
  }

  private static boolean line(String line, CallEvents calls) {
    String bare = line.strip();
    if (bare.isEmpty() || bare.startsWith("#")) {
      return true;
    }
    long lost = TraceLine.lost(bare);
    if (lost > 0) {
      calls.lost(lost);
      return true;
    }
    for (int at = bare.indexOf(" ["); at > 0; at = bare.indexOf(" [", at + 1)) {
      int end = bare.indexOf("] ", at);
      if (end < 0) {
        return false;
      }
      int thread = thread(bare.substring(0, at));
      int colon = bare.indexOf(": ", end);
      if (thread >= 0 && colon > 0 && TraceLine.number(bare, at + 2) != null) {
        calls.event(thread, bare.substring(colon + 2).strip());
        return true;
      }
    }
    return false;
  }

  /// The thread of `NAME-ID`, or `NAME-ID (GROUP)`.
  private static int thread(String task) {
    String text = task.strip();
    if (text.endsWith(")") && text.lastIndexOf('(') > 0) {
      text = text.substring(0, text.lastIndexOf('(')).strip();
    }
    return TraceLine.thread(text);
  }

  /// The same tree, with the return values that probes saw in a run of the same call. Functions
  /// that no probe saw keep what they have.
  ///
  /// Functions return in the order in which a tree is walked from its leaves; the longest common
  /// sequence of names is taken for the same returns. Of recorded instructions nothing is kept.
  public static CallTree join(CallTree tree, List<Returned> returned) {
    CallNode root = tree.root().copy(null);
    Map<String, Integer> seen = new HashMap<>();
    for (Returned each : returned) {
      seen.merge(each.function(), 1, Integer::sum);
    }
    List<CallNode> nodes = new ArrayList<>();
    inOrderOfReturn(root, seen, nodes);
    if ((long) nodes.size() * returned.size() <= MAX_PAIRS) {
      longestCommon(nodes, returned);
    }
    return new CallTree(root, null, tree.notes());
  }

  private static void inOrderOfReturn(
      CallNode node, Map<String, Integer> seen, List<CallNode> into) {
    for (CallNode call : node.calls()) {
      inOrderOfReturn(call, seen, into);
    }
    if (seen.containsKey(node.name())) {
      into.add(node);
    }
  }

  private static void longestCommon(List<CallNode> nodes, List<Returned> returned) {
    int n = nodes.size();
    int m = returned.size();
    int[][] length = new int[n + 1][m + 1];
    for (int i = n - 1; i >= 0; i--) {
      for (int j = m - 1; j >= 0; j--) {
        length[i][j] =
            nodes.get(i).name().equals(returned.get(j).function())
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < n && j < m) {
      CallNode node = nodes.get(i);
      if (node.name().equals(returned.get(j).function())) {
        node.hasReturned = true;
        node.rax = returned.get(j).value();
        i++;
        j++;
      } else if (length[i + 1][j] >= length[i][j + 1]) {
        i++;
      } else {
        j++;
      }
    }
  }
}
