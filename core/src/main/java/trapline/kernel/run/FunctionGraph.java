package trapline.kernel.run;

import java.io.IOException;
import java.io.Reader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the text of the tracer `function_graph` (`kernel/trace/trace_functions_graph.c`) with the
/// events `raw_syscalls:sys_enter` and `sys_exit` in it, into one tree for each call of each
/// thread.
///
/// The options `funcgraph-proc` and `funcgraph-tail` must be on: lines without a thread belong to
/// no call. With `funcgraph-retval` the functions have return values.
public final class FunctionGraph {
  private final CallEvents calls;

  /// Reads a trace that comes in parts.
  ///
  /// @param sink takes each call when its end was read
  public FunctionGraph(Consumer<TracedCall> sink) {
    this.calls = new CallEvents(sink);
  }

  /// Reads a part of the trace, of whole lines.
  ///
  /// @return how many lines followed no known form
  public long take(Reader text) throws IOException {
    long unknown = 0;
    TraceLines lines = new TraceLines(text);
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (!line(line)) {
        unknown++;
      }
    }
    return unknown;
  }

  /// Reads to the end of the text.
  ///
  /// @param sink takes each call when its end was read, or the text ended
  /// @return how many lines followed no known form
  public static long read(Reader text, Consumer<TracedCall> sink) throws IOException {
    FunctionGraph graph = new FunctionGraph(sink);
    long unknown = graph.take(text);
    graph.calls.finish();
    return unknown;
  }

  private boolean line(String line) {
    String bare = line.strip();
    if (bare.isEmpty() || bare.startsWith("#") || bare.startsWith("--") || bare.contains("=>")) {
      return true;
    }
    long lost = TraceLine.lost(bare);
    if (lost > 0) {
      calls.lost(lost);
      return true;
    }
    int processor = line.indexOf(')');
    int bar = processor < 0 ? -1 : line.indexOf('|', processor);
    if (bar < 0) {
      return false;
    }
    int thread = TraceLine.thread(line.substring(processor + 1, bar).strip());
    if (thread < 0) {
      return false;
    }
    int from = bar + 1;
    int end = line.indexOf('|', from);
    // Behind the thread there may be a column of flags.
    while (end >= 0 && !isDuration(line, from, end)) {
      from = end + 1;
      end = line.indexOf('|', from);
    }
    if (end < 0) {
      return false;
    }
    return body(thread, line.substring(end + 1).strip(), nanoseconds(line, from, end));
  }

  private static boolean isDuration(String line, int from, int end) {
    String text = line.substring(from, end).strip();
    return text.isEmpty() || text.endsWith("us") || text.contains("===");
  }

  /// The duration in nanoseconds; -1 when the column is empty.
  private static long nanoseconds(String line, int from, int end) {
    long whole = 0;
    int decimals = -1;
    boolean any = false;
    for (int i = from; i < end; i++) {
      char c = line.charAt(i);
      if (c >= '0' && c <= '9') {
        if (decimals < 3 && whole < Long.MAX_VALUE / 100) {
          whole = whole * 10 + c - '0';
          decimals += decimals >= 0 ? 1 : 0;
        }
        any = true;
      } else if (c == '.') {
        decimals = 0;
      }
    }
    if (!any) {
      return -1;
    }
    for (int i = Math.max(0, decimals); i < 3; i++) {
      whole *= 10;
    }
    return whole;
  }

  private boolean body(int thread, String text, long nanoseconds) {
    if (text.isEmpty()) {
      // The marks of an interrupt's beginning and end.
      return true;
    }
    if (text.startsWith("/*")) {
      int end = text.lastIndexOf("*/");
      calls.event(thread, text.substring(2, end < 2 ? text.length() : end).strip());
      return true;
    }
    if (text.charAt(0) == '}') {
      calls.returned(thread, commentName(text), nanoseconds, returnValue(text));
      return true;
    }
    int end = 0;
    while (end < text.length() && text.charAt(end) != '(' && text.charAt(end) != ' ') {
      end++;
    }
    if (end == 0 || end == text.length()) {
      return false;
    }
    String name = KernelSymbols.withoutSuffixes(text.substring(0, end));
    if (text.endsWith("{")) {
      calls.entered(thread, name);
    } else {
      calls.entered(thread, name);
      calls.returned(thread, name, nanoseconds, returnValue(text));
    }
    return true;
  }

  /// The function in `} /* NAME */`; empty when there is none.
  private static String commentName(String text) {
    int start = text.indexOf("/*");
    if (start < 0) {
      return "";
    }
    int from = start + 2;
    while (from < text.length() && text.charAt(from) == ' ') {
      from++;
    }
    int end = from;
    while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) != '=') {
      end++;
    }
    return KernelSymbols.withoutSuffixes(text.substring(from, end));
  }

  /// The value in a comment such as `/* = 0x0 */`, `/* NAME = -22 */` or `/* NAME ret=-22 */`.
  private static @Nullable Long returnValue(String text) {
    int start = text.lastIndexOf("/*");
    int equals = start < 0 ? -1 : text.indexOf('=', start);
    return equals < 0 ? null : TraceLine.number(text, equals + 1);
  }
}
