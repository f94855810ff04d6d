package trapline.why;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.follow.CallWatch;
import trapline.kernel.run.FunctionGraph;
import trapline.kernel.run.TracedCall;
import trapline.linux.ptrace.Tracer;
import trapline.linux.tracefs.TraceSession;
import trapline.linux.tracefs.TracingAbility.Able;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.KernelRun;
import trapline.model.SyscallId;

/// Observes the running kernel while calls run: its tracer is switched on where a thread stands
/// still before a call, and off behind it.
public final class LiveObserver implements CallWatch, AutoCloseable {
  /// For a run of which every call is watched; the newest is kept.
  private static final int KILOBYTES = 8 << 10;

  private final TraceSession session;
  private final LiveTools tools;
  private final KernelRun.Where where;
  private final FunctionGraph graph = new FunctionGraph(this::keep);
  private final Map<Integer, TracedCall> ended = new HashMap<>();
  private final Set<Integer> inside = new HashSet<>();

  private LiveObserver(TraceSession session, LiveTools tools, KernelRun.Where where) {
    this.session = session;
    this.tools = tools;
    this.where = where;
  }

  /// Prepares the kernel's tracer.
  ///
  /// @throws trapline.linux.tracefs.TracingFailure when it refuses
  public static LiveObserver open(Able able, LiveTools tools) {
    return new LiveObserver(TraceSession.open(able, KILOBYTES), tools, KernelRun.Where.LIVE);
  }

  /// The same for a second run of the program, with probes on the returns of functions.
  static LiveObserver again(Able able, LiveTools tools, List<String> symbols) {
    TraceSession session = TraceSession.open(able, KILOBYTES);
    LiveObserver observer = new LiveObserver(session, tools, KernelRun.Where.LIVE_SECOND_RUN);
    boolean done = false;
    try {
      session.probe(symbols);
      done = true;
    } finally {
      if (!done) {
        session.close();
      }
    }
    return observer;
  }

  /// Watches the program that a tracer has stopped before its first instruction, or attached to.
  public void begin(Tracer tracer) {
    session.begin(tracer.threads());
  }

  @Override
  public void entered(int thread) {
    if (inside.add(thread) && inside.size() == 1) {
      session.on();
    }
  }

  @Override
  public void left(int thread) {
    leave(thread);
    ended.remove(thread);
  }

  private void leave(int thread) {
    if (inside.remove(thread) && inside.isEmpty()) {
      session.off();
    }
  }

  private void keep(TracedCall call) {
    ended.put(call.thread(), call);
  }

  @Override
  public @Nullable TracedCall ran(int thread, SyscallId call, long result) {
    leave(thread);
    try {
      graph.take(session.read());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TracedCall ran = ended.remove(thread);
    return ran != null && ran.ended() && ran.number() == call.number() && ran.result() == result
        ? ran
        : null;
  }

  @Override
  public Journey with(Journey journey, @Nullable TracedCall ran) {
    return journey.withHop(
        ran == null || ran.tree() == null
            ? new Hop.Missing(
                HopKind.KERNEL_FUNCTION,
                ran == null
                    ? "the kernel's tracer did not report this call"
                    : "no function that can be traced ran",
                "")
            : new Hop.KernelFunctions(
                Evidence.OBSERVED, tools.run(ran, where), tools.source().description()));
  }

  KernelRun run(TracedCall call) {
    return tools.run(call, where);
  }

  /// Undoes all that was set.
  ///
  /// @throws trapline.linux.tracefs.TracingFailure when something is left
  @Override
  public void close() {
    session.close();
  }
}
