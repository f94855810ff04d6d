package trapline.follow;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.abi.Signals;
import trapline.capture.Capability;
import trapline.capture.Capture;
import trapline.capture.TraceEvent;
import trapline.journey.JourneyBuilder;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.journey.JourneyBuilder.Departure;
import trapline.journey.Origin;
import trapline.journey.ReturnTrace;
import trapline.kernel.run.TracedCall;
import trapline.model.CallKey;
import trapline.model.Diagnostic;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.RunSummary;

/// Makes journeys of the calls that were asked for.
///
/// A journey needs its thread where something may change: at the call, at its end, and on the way
/// back. What else there is to know is looked up then and there while a program runs that Trapline
/// has started, and later ([LateCalls]) in one that it was attached to, which others wait for.
final class FollowedCalls implements CallHandler {
  private static final String UNSEEN_END = "its end is not among the events captured";

  private final FollowOptions options;
  private final JourneyBuilder builder;
  private final JourneySink sink;
  private final ThreadView view;
  private final boolean attached;
  private final boolean stops;
  private long latest;
  private final SeccompView filters;
  private final WaysBack waysBack;
  private final @Nullable StepWalker walker;
  private final @Nullable RunNotes notes;
  private final CallWatch watch;
  private final ProcessTable processes;
  private final JourneyMaker maker;
  private final LateCalls late;
  private final Map<Integer, PendingCall> pending = new LinkedHashMap<>();
  private final Map<Integer, InterruptedCall> interrupted = new LinkedHashMap<>();
  private final ShownCalls shown;
  private final Set<String> vdsoNames = new HashSet<>();

  FollowedCalls(
      SessionSetup setup,
      FollowOptions options,
      JourneySink sink,
      ProcessTable processes,
      SeccompView filters) {
    Capture capture = setup.capture();
    this.options = options;
    this.builder = setup.builder();
    this.sink = sink;
    this.shown = new ShownCalls(options, sink);
    this.maker = new JourneyMaker(setup, options, sink, shown);
    this.late = new LateCalls(shown, maker, sink.wantsOnlyLines());
    this.view = new ThreadView(setup.limits());
    this.attached = setup.attached();
    this.stops = capture.find(Capability.STEPPING) != null;
    this.processes = processes;
    this.notes = setup.notes();
    this.watch = setup.watch();
    this.filters = filters;
    boolean walks = options.steps() != FollowOptions.Steps.NONE;
    this.waysBack =
        new WaysBack(capture, new ReturnStepper(capture, walks, attached), this::returned);
    this.walker = walks ? StepWalker.of(capture) : null;
  }

  /// What the run came to.
  RunSummary summary(String program) {
    return shown.summary(program, processes.status(), processes.signal());
  }

  @Override
  public void before(TraceEvent event) {
    if (event instanceof TraceEvent.Signalled) {
      late.exploreAll(); // it may end the process
    }
    waysBack.take(event);
  }

  @Override
  public void reached(TracedProcess process, TraceEvent.BreakpointHit hit) {
    if (walker != null) {
      walker.reached(process, hit.threadId(), hit.address());
    }
  }

  @Override
  public void started(TracedProcess process, TraceEvent.Started started) {
    int thread = started.threadId();
    if (walker != null && attached) {
      walker.watch(process, thread);
    }
    if (walker != null) {
      walker.passed(process, thread);
    }
    lookAtVdso(process);
  }

  @Override
  public void forked(TraceEvent.Forked forked, @Nullable TracedProcess made) {
    if (walker != null && made != null) {
      walker.inherit(processes.of(forked.threadId()), forked.threadId(), made, forked.childId());
    }
  }

  private void lookAtVdso(TracedProcess process) {
    if (!options.calls().isEmpty() && vdsoNames.isEmpty()) {
      vdsoNames.addAll(process.vdsoCalls());
    }
  }

  @Override
  public void entered(TraceEvent.Entered entered, TracedProcess process, @Nullable CallKey noted) {
    int thread = entered.threadId();
    String name = Session.nameOf(entered.call());
    CallKey key = noted;
    if (notes != null && noted != null && options.wants(name)) {
      key = notes.called(thread, noted, StackPrints.of(entered.registers(), process));
    }
    PendingCall open = pending.remove(thread);
    if (open != null) {
      unreturned(open, new Outcome.NeverReturned(UNSEEN_END));
    }
    waysBack.entered(entered);
    InterruptedCall before = interrupted.get(thread);
    if (before != null && before.handlerReturned && !name.equals(before.journey.name())) {
      interrupted.remove(thread);
      maker.emit(before.returned.call(), before.journey);
    }
    boolean mayTakeAway = Mappings.changes(entered.call()) || LastCalls.mayEnd(name);
    if (mayTakeAway) {
      late.exploreAll();
    }
    if (isCountedOnly(entered, process)) {
      shown.countStartup(name);
    } else if (options.wants(name) && !isShown(entered, process)) {
      if (!mayTakeAway && putsOff(process)) {
        beginLate(entered, process);
      } else {
        begin(entered, process, key);
      }
    }
    process.slots().look(process, process.memory());
  }

  @Override
  public void lost(TraceEvent.Lost lost) {
    shown.countLost(lost.count());
  }

  @Override
  public void writes(TraceEvent.Entered entered) {
    catchUpAll();
    sink.settle();
  }

  /// Whether a call surely comes before the program's own code, and is only counted.
  private boolean isCountedOnly(TraceEvent.Entered entered, TracedProcess process) {
    return !process.started()
        && sink.countsStartup()
        && !options.startup()
        && options.calls().isEmpty()
        && builder.isAllLibrary(entered.registers(), process);
  }

  /// Whether a call comes from a place whose journey was shown, when no other is wanted from there.
  private boolean isShown(TraceEvent.Entered entered, TracedProcess process) {
    if (options.all() || !process.started() || !interrupted.isEmpty()) {
      return false;
    }
    String site = builder.knownSite(entered.call(), entered.registers(), process);
    if (site == null || !shown.isKnown(site)) {
      return false;
    }
    shown.pass(site);
    return true;
  }

  @Override
  public boolean isIndifferent(TraceEvent.Entered entered) {
    return walker == null && interrupted.isEmpty() && !pending.containsKey(entered.threadId());
  }

  /// Whether a call's names and lines may be looked up later.
  private boolean putsOff(TracedProcess process) {
    return attached
        && walker == null
        && notes == null
        && watch.equals(CallWatch.NONE)
        && !options.all()
        && process.started()
        && interrupted.isEmpty()
        && !late.isFull();
  }

  /// When a call begins to run: a stopped thread has waited until now.
  private long begun(TraceEvent.Entered entered) {
    latest = entered.nanoTime();
    return stops ? System.nanoTime() : latest;
  }

  private Arrival arrive(TraceEvent.Entered entered, TracedProcess process, Origin origin) {
    int thread = entered.threadId();
    return builder.arrive(
        view.caller(thread, process),
        origin,
        builder.arguments(
            entered.call(), entered.registers(), view.context(process.memory(), thread)));
  }

  @Override
  public boolean isBehind() {
    return late.hasReturned();
  }

  @Override
  public void catchUp() {
    late.catchUp(this::finish);
  }

  private void catchUpAll() {
    while (late.hasReturned()) {
      catchUp();
    }
  }

  /// The call with all that was put off of it.
  ///
  /// @return `null` when its site was shown before: it is only counted
  private @Nullable PendingCall named(PendingCall call) {
    return call.kind() == PendingCall.Kind.LATE ? late.named(call) : call;
  }

  private void beginLate(TraceEvent.Entered entered, TracedProcess process) {
    Origin walked = builder.walk(entered.call(), entered.registers(), process);
    if (!late.isCounted(process, walked)) {
      Arrival arrival = arrive(entered, process, walked);
      pending.put(entered.threadId(), late.begin(process, walked, arrival, begun(entered)));
    }
  }

  private void begin(TraceEvent.Entered entered, TracedProcess process, @Nullable CallKey key) {
    int thread = entered.threadId();
    Origin origin = builder.origin(entered.call(), entered.registers(), process);
    String site = origin.site();
    InterruptedCall broken = interrupted.get(thread);
    if (broken != null && broken.site().equals(site)) {
      interrupted.remove(thread);
      if (options.all()) {
        maker.emit(broken.returned.call(), broken.journey);
      }
    }
    boolean startup = !process.started() && origin.mayPrecedeProgram();
    if (!startup) {
      process.markStarted();
    }
    PendingCall.Kind kind = PendingCall.Kind.FULL;
    if (startup && !options.startup()) {
      kind = PendingCall.Kind.STARTUP;
    } else if (shown.isKnown(site)) {
      if (!options.all()) {
        shown.pass(site);
        return;
      }
      kind = PendingCall.Kind.REPEAT;
    }
    long occurrence = shown.begin(site);
    Arrival arrival = arrive(entered, process, origin);
    // A journey that is shown in one line needs no more than its place.
    boolean inBrief =
        sink.wantsOnlyLines()
            || kind == PendingCall.Kind.REPEAT
            || (kind == PendingCall.Kind.STARTUP && options.calls().isEmpty());
    maker.look(arrival, process, process.slots(), inBrief);
    List<Registers> walked =
        walker == null || kind != PendingCall.Kind.FULL ? null : walker.take(thread);
    if (kind == PendingCall.Kind.FULL) {
      watch.entered(thread);
      String lost = walker == null ? null : walker.whyLost(thread);
      if (lost != null && walked == null) {
        arrival.note(new Diagnostic("steps", lost, ""));
      }
    }
    pending.put(
        thread,
        new PendingCall(
            arrival, kind, begun(entered), occurrence, walked == null ? List.of() : walked, key));
  }

  /// The pending call that ends; `null` when nobody wants to see its end.
  private @Nullable PendingCall ending(TraceEvent.Exited exited, TracedProcess process) {
    int thread = exited.threadId();
    PendingCall call = pending.remove(thread);
    if (call != null && call.arrival().id().number() == exited.call().number()) {
      return call;
    }
    if (call != null) {
      unreturned(call, new Outcome.NeverReturned(UNSEEN_END));
    }
    watch.left(thread);
    if (walker != null) {
      walker.passed(process, thread);
    }
    return null;
  }

  @Override
  public void trapped(TraceEvent.Exited exited, TracedProcess process) {
    PendingCall call = ending(exited, process);
    if (call != null) {
      watch.left(exited.threadId());
      unreturned(call, new Outcome.NeverRan("a seccomp filter sent SIGSYS instead"));
    }
  }

  @Override
  public void exited(TraceEvent.Exited exited, TracedProcess process) {
    if (walker != null) {
      walker.returned(process, exited.threadId());
    }
    PendingCall call = ending(exited, process);
    if (call != null) {
      ended(call, exited, process);
    }
    if (HandlersAwaited.isSignalReturn(exited.call())) {
      handlerReturned(exited);
    }
  }

  private void ended(PendingCall ending, TraceEvent.Exited exited, TracedProcess process) {
    int thread = exited.threadId();
    PendingCall call = ending;
    if (call.kind() == PendingCall.Kind.FULL || call.kind() == PendingCall.Kind.LATE) {
      filters.note(exited, call.arrival());
    }
    // Everything about the call is read now: stepped on, the program may change it.
    Departure departure =
        builder.depart(call.arrival(), exited.registers(), view.context(process.memory(), thread));
    TracedCall ran =
        call.kind() == PendingCall.Kind.FULL
            ? watch.ran(thread, exited.call(), exited.registers().result())
            : null;
    if (departure.outcome() instanceof Outcome.Restarted) {
      call = named(call); // the same call comes again, and is to be recognised
    }
    if (call != null) {
      long nanoseconds = exited.nanoTime() - call.nanoTime();
      stepBack(new ReturnedCall(call, departure, process, nanoseconds, ran));
    }
  }

  private void stepBack(ReturnedCall returned) {
    String notStepped = notStepped(returned);
    if (notStepped == null) {
      waysBack.begin(returned);
    } else {
      returned(returned, ReturnTrace.of(returned.departure().registers(), notStepped));
    }
  }

  /// Why a thread is not stepped back to its caller; empty when the way back is not shown, `null`
  /// when it is stepped.
  private @Nullable String notStepped(ReturnedCall returned) {
    PendingCall call = returned.call();
    if (returned.departure().outcome() instanceof Outcome.Restarted) {
      return "";
    }
    if (HandlersAwaited.isSignalReturn(call.arrival().id())) {
      return "the program goes on where the signal interrupted it";
    }
    return switch (call.kind()) {
      case FULL, LATE -> sink.wantsOnlyLines() ? "" : null;
      case REPEAT -> "not followed: only the first call from a place is";
      case STARTUP -> "";
    };
  }

  private void handlerReturned(TraceEvent.Exited exited) {
    int thread = exited.threadId();
    InterruptedCall broken = interrupted.get(thread);
    if (broken != null && broken.failedAt(exited.registers())) {
      interrupted.remove(thread);
      failed(broken.returned, exited.registers());
    } else if (broken != null) {
      broken.handlerReturned = true;
    }
    waysBack.handlerReturned(exited);
  }

  /// A call that a signal interrupted has failed for it.
  private void failed(ReturnedCall returned, Registers registers) {
    Arrival arrival = returned.call().arrival();
    TracedProcess process = returned.process();
    shown.begin(arrival.site());
    stepBack(
        returned.with(
            builder.interrupted(
                arrival,
                returned.departure(),
                registers,
                view.context(process.memory(), returned.thread()))));
  }

  private void returned(ReturnedCall returned, ReturnTrace trace) {
    if (returned.call().kind() == PendingCall.Kind.LATE) {
      late.returned(returned, trace);
    } else {
      catchUpAll(); // those returned before this one
      finish(returned, trace);
    }
  }

  private void finish(ReturnedCall returned, ReturnTrace trace) {
    PendingCall call = returned.call();
    Journey journey = maker.returned(returned, trace);
    if (returned.departure().outcome() instanceof Outcome.Restarted) {
      // The same call comes again from the same place, and that one is the answer.
      shown.takeBack(call.arrival().site());
      interrupted.put(returned.thread(), new InterruptedCall(returned, journey));
      return;
    }
    maker.emit(call, journey);
    if (walker != null && trace.ended().isEmpty()) {
      walker.steppedBack(returned.process(), returned.thread(), trace);
    }
  }

  @Override
  public boolean isComplete() {
    return shown.isComplete();
  }

  @Override
  public void leaves(TraceEvent.Execed execed) {
    PendingCall call = pending.remove(execed.formerThreadId());
    if (call == null) {
      call = pending.remove(execed.threadId());
    }
    if (call != null) {
      unreturned(call, new Outcome.NeverReturned("the process runs another program from here on"));
    }
    waysBack.left(execed.formerThreadId(), "ran another program");
  }

  @Override
  public void begins(TracedProcess process, TraceEvent.Execed execed) {
    lookAtVdso(process);
    if (walker != null) {
      walker.forget(execed.formerThreadId());
      walker.ended(process.processId());
      walker.begin(process, execed.threadId());
    }
  }

  @Override
  public void ended(TraceEvent.Ended ended) {
    waysBack.left(ended.threadId(), "did not return: the thread ended");
    InterruptedCall broken = interrupted.remove(ended.threadId());
    if (broken != null) {
      unreturned(
          broken.returned.call(),
          new Outcome.NeverReturned(
              "a signal interrupted it, and "
                  + (ended.signal() == 0
                      ? "the thread ended"
                      : Signals.name(ended.signal()) + " ended the thread")
                  + " before the kernel started it again"));
    }
    PendingCall call = pending.remove(ended.threadId());
    if (call != null) {
      unreturned(call, new Outcome.NeverReturned(LastCalls.why(ended, call.arrival().name())));
    }
    if (walker != null) {
      walker.forget(ended.threadId());
    }
  }

  @Override
  public void ended(int processId) {
    if (walker != null) {
      walker.ended(processId);
    }
  }

  private void unreturned(PendingCall ended, Outcome outcome) {
    PendingCall call = named(ended);
    if (call == null) {
      return;
    }
    long nanoseconds = (stops ? System.nanoTime() : latest) - call.nanoTime();
    catchUpAll(); // journeys are handed on in the order in which their calls ended
    maker.unreturned(call, outcome, nanoseconds);
  }

  /// Hands on what is left when the run has ended.
  FollowSession.Result end(RunEnd end) {
    waysBack.endAll();
    if (end != RunEnd.COMPLETE) {
      catchUpAll();
    }
    if (end != RunEnd.PROGRAM_ENDED) {
      for (PendingCall call : List.copyOf(pending.values())) {
        if (end != RunEnd.COMPLETE || call.kind() != PendingCall.Kind.LATE) {
          unreturned(call, new Outcome.StillRunning());
        }
      }
      pending.clear();
      for (InterruptedCall broken : interrupted.values()) {
        if (broken.handlerReturned) {
          maker.emit(broken.returned.call(), broken.journey);
        } else {
          unreturned(broken.returned.call(), new Outcome.StillRunning());
        }
      }
      interrupted.clear();
    }
    Set<String> missing = shown.missing();
    Set<String> vdso = new HashSet<>(missing);
    vdso.retainAll(vdsoNames);
    return new FollowSession.Result(end, processes.status(), processes.signal(), missing, vdso);
  }
}
