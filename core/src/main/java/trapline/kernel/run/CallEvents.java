package trapline.kernel.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sorts what a trace tells by threads and their calls.
final class CallEvents {
  private static final int MAX_THREADS = 1 << 16;
  private static final int MAX_NODES = 1_000_000;

  private final Consumer<TracedCall> sink;
  private final Map<Integer, OpenCall> open = new HashMap<>();

  CallEvents(Consumer<TracedCall> sink) {
    this.sink = sink;
  }

  /// A call that has not ended.
  private static final class OpenCall {
    final int thread;
    final int number;
    final List<Long> arguments;
    final CallNode root = new CallNode(null, "do_syscall_64", 0, false);
    final List<TracedCall.Returned> returned = new ArrayList<>();
    CallNode top = root;
    int unseen;
    int nodes;
    long lost;
    long result;
    boolean ended;
    boolean cut;

    OpenCall(int thread, int number, List<Long> arguments) {
      this.thread = thread;
      this.number = number;
      this.arguments = arguments;
    }
  }

  void lost(long count) {
    for (OpenCall call : open.values()) {
      call.lost += count;
    }
  }

  /// A function began.
  void entered(int thread, String name) {
    OpenCall call = open.get(thread);
    if (call == null) {
      return;
    }
    if (call.top.depth() + 1 >= CallTreeBuilder.MAX_DEPTH || call.nodes >= MAX_NODES) {
      call.unseen++;
      call.cut = true;
      return;
    }
    CallNode node = new CallNode(call.top, name, 0, false);
    node.isEvent = Role.INTERRUPT.holds(name);
    if (node.isEvent && node.interrupt == null) {
      node.interrupt = node;
    }
    call.nodes++;
    call.top.add(node);
    call.top = node;
  }

  /// A function ended.
  ///
  /// @param name empty when it is not told
  /// @param value what it returned; `null` when that is not told
  void returned(int thread, String name, long nanoseconds, @Nullable Long value) {
    OpenCall call = open.get(thread);
    if (call == null) {
      return;
    }
    if (call.unseen > 0) {
      call.unseen--;
      return;
    }
    CallNode node = call.top;
    if (!name.isEmpty()) {
      // Ends that were lost leave functions open.
      while (node != null && !node.name().equals(name)) {
        node = node.parent();
      }
    }
    CallNode parent = node == null ? null : node.parent();
    if (node == null || parent == null) {
      // It began before the call did, such as the function that tells of the call's entry.
      return;
    }
    node.cost = nanoseconds;
    if (value != null) {
      node.hasReturned = true;
      node.rax = value;
    }
    call.top = parent;
  }

  /// An event such as `sys_enter: NR 49 (3, 7ffd, 10, 4, 0, 0)`.
  void event(int thread, String text) {
    if (text.startsWith("sys_enter: NR ")) {
      OpenCall before = open.remove(thread);
      if (before != null) {
        emit(before);
      }
      if (open.size() < MAX_THREADS) {
        open.put(thread, new OpenCall(thread, callNumber(text), arguments(text)));
      }
    } else if (text.startsWith("sys_exit: NR ")) {
      OpenCall call = open.remove(thread);
      if (call == null) {
        call = new OpenCall(thread, callNumber(text), List.of());
      }
      int equals = text.indexOf('=');
      Long result = equals < 0 ? null : TraceLine.number(text, equals + 1);
      if (result != null) {
        call.result = result;
        call.ended = true;
      }
      emit(call);
    } else {
      probe(thread, text);
    }
  }

  private static int callNumber(String text) {
    Long number = TraceLine.number(text, text.indexOf("NR ") + 3);
    return number == null ? -1 : number.intValue();
  }

  private static List<Long> arguments(String text) {
    List<Long> arguments = new ArrayList<>(6);
    int at = text.indexOf('(');
    while (at >= 0 && arguments.size() < 6) {
      at++;
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      Long value = TraceLine.hex(text, at);
      if (value == null) {
        break;
      }
      arguments.add(value);
      at = text.indexOf(',', at);
    }
    return arguments;
  }

  /// An event of a return probe: `NAME: (CALLER+0x5f/0xa0 <- FUNCTION) arg1=0xffffff9e`.
  private void probe(int thread, String text) {
    OpenCall call = open.get(thread);
    int arrow = text.indexOf(" <- ");
    int start = text.indexOf('(');
    int end = arrow < 0 ? -1 : text.indexOf(')', arrow);
    if (call == null || start < 0 || start > arrow || end < 0 || call.nodes >= MAX_NODES) {
      return;
    }
    int equals = text.indexOf('=', end);
    Long value = equals < 0 ? null : TraceLine.number(text, equals + 1);
    if (value != null) {
      call.nodes++;
      call.returned.add(
          new TracedCall.Returned(
              function(text, arrow + 4, end), function(text, start + 1, arrow), value));
    }
  }

  /// The name in `NAME+0x5f/0xa0` or `NAME [module]`; empty for `[unknown/kretprobe'd]`, which
  /// older kernels say when the caller has such a probe, too.
  private static String function(String text, int from, int end) {
    if (from < end && text.charAt(from) == '[') {
      return "";
    }
    int at = from;
    while (at < end && text.charAt(at) != '+' && text.charAt(at) != ' ') {
      at++;
    }
    return KernelSymbols.withoutSuffixes(text.substring(from, at));
  }

  private void emit(OpenCall call) {
    List<String> notes = new ArrayList<>();
    if (call.lost > 0) {
      notes.add("The kernel lost " + call.lost + " events meanwhile; functions may be missing.");
    }
    if (call.cut) {
      notes.add("Not all functions could be kept.");
    }
    List<CallNode> outermost = call.root.calls();
    if (call.ended && call.top != call.root && !outermost.isEmpty()) {
      // The function that tells of the call's end is not part of it.
      call.root.removeLast();
    }
    CallTree tree =
        outermost.isEmpty()
            ? null
            : new CallTree(
                outermost.size() == 1 ? outermost.getFirst().copy(null) : call.root, null, notes);
    sink.accept(
        new TracedCall(
            call.thread,
            call.number,
            call.arguments,
            call.result,
            call.ended,
            tree,
            call.returned,
            call.lost));
  }

  /// The text has ended: calls that are still open are handed on as they are.
  void finish() {
    for (OpenCall call : open.values()) {
      emit(call);
    }
    open.clear();
  }
}
