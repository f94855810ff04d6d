package trapline.follow;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import trapline.abi.Signals;
import trapline.abi.SyscallTable;
import trapline.decode.Limits;
import trapline.journey.JourneyBuilder;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.journey.JourneyBuilder.Departure;
import trapline.journey.Origin;
import trapline.journey.ReturnTrace;
import trapline.kernel.run.TracedCall;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.ptrace.Tracer;
import trapline.model.CallKey;
import trapline.model.Diagnostic;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.RunSummary;
import trapline.model.Step;
import trapline.model.SyscallId;
import trapline.model.TraceEvent;

/// One run of `follow`: takes the tracer's events until the program ends, every call asked for has
/// been followed, or someone interrupts.
///
/// Runs on the thread that made the tracer.
public final class FollowSession {
  /// How a run ended.
  ///
  /// @param end why it ended
  /// @param status what the program passed to exit; 0 when it did not end
  /// @param signal the signal that ended the program; 0 when none did
  /// @param missing calls that were asked for and not seen
  /// @param vdso those of `missing` that the vDSO answers without a trap
  public record Result(End end, int status, int signal, Set<String> missing, Set<String> vdso) {
    public Result {
      missing = Set.copyOf(missing);
      vdso = Set.copyOf(vdso);
    }
  }

  /// Why a run ended.
  public enum End {
    /// All calls asked for have been followed.
    COMPLETE,
    /// The program ended.
    PROGRAM_ENDED,
    INTERRUPTED
  }

  private final Tracer tracer;
  private final FollowOptions options;
  private final JourneyBuilder builder;
  private final JourneySink sink;
  private final ThreadView view;
  private final boolean attached;
  private final EndingSignals endingSignals;
  private final SeccompView filters;
  private final OpenLines openLines;
  private final WaysBack waysBack;
  private final @Nullable StepWalker walker;
  private final @Nullable RunNotes notes;
  private final CallWatch watch;

  private final ProcessTable processes;
  private final Map<Integer, PendingCall> pending = new LinkedHashMap<>();
  private final Map<Integer, InterruptedCall> interrupted = new LinkedHashMap<>();
  private final Map<String, Long> occurrences = new HashMap<>();
  private final Set<String> followed = new HashSet<>();
  private final Tally tally = new Tally();
  private final Map<String, Journey> startupOnly = new LinkedHashMap<>();
  private final Set<String> vdsoNames = new HashSet<>();

  /// @param attached whether the program ran before: its start is not seen
  /// @param prepared what was found out about it then; `null` for nothing
  /// @param notes what another run of the program needs to know is noted here; `null` when there
  ///     will be none
  /// @param watch watches the kernel meanwhile; [CallWatch#NONE] for nobody
  /// @param openLines is told what the program writes
  /// @param interruptionComes asked when the program was sent a signal that, sent to both, ends
  ///     this run, too: whether it was
  public FollowSession(
      Tracer tracer,
      FollowOptions options,
      JourneyBuilder builder,
      JourneySink sink,
      ObjectFiles objects,
      Limits limits,
      boolean attached,
      @Nullable Preparation prepared,
      @Nullable RunNotes notes,
      CallWatch watch,
      OpenLines openLines,
      BooleanSupplier interruptionComes) {
    this.tracer = tracer;
    this.options = options;
    this.builder = builder;
    this.sink = sink;
    this.view = new ThreadView(limits);
    this.attached = attached;
    this.processes = new ProcessTable(tracer, builder, objects);
    if (attached) {
      processes.ranBefore(prepared);
    }
    this.notes = notes;
    this.watch = watch;
    this.endingSignals = new EndingSignals(tracer, interruptionComes);
    this.filters = new SeccompView(tracer);
    this.openLines = openLines;
    this.waysBack =
        new WaysBack(
            tracer,
            new ReturnStepper(tracer, options.steps() != FollowOptions.Steps.NONE, attached),
            this::finish);
    this.walker = options.steps() == FollowOptions.Steps.NONE ? null : new StepWalker(tracer);
  }

  /// What the run came to, once it has ended.
  public RunSummary summary(String program) {
    return tally.summary(program, processes.status(), processes.signal());
  }

  /// Follows until the end. The tracer is left to the caller to close.
  public Result run() {
    for (TraceEvent event = tracer.next(); event != null; event = tracer.next()) {
      if (event instanceof TraceEvent.Interrupted) {
        return end(End.INTERRUPTED);
      }
      if (take(event)) {
        return end(End.COMPLETE);
      }
      int thread = event.threadId();
      if (thread != 0) {
        if (endingSignals.isForBoth(thread)) {
          return end(End.INTERRUPTED);
        }
        if (event instanceof TraceEvent.Entered entered && isIndifferent(entered)) {
          tracer.resumePast(thread);
        } else {
          tracer.resume(thread);
        }
      }
    }
    return end(endingSignals.haveEndedBoth() ? End.INTERRUPTED : End.PROGRAM_ENDED);
  }

  /// @return whether everything that was asked for has been followed
  private boolean take(TraceEvent event) {
    waysBack.take(event);
    switch (event) {
      case TraceEvent.Entered entered -> enter(entered);
      case TraceEvent.Exited exited -> {
        exit(exited);
        if (HandlersAwaited.isSignalReturn(exited.call())) {
          handlerReturned(exited);
        }
      }
      case TraceEvent.Execed execed -> exec(execed);
      case TraceEvent.Ended ended -> ended(ended);
      case TraceEvent.Forked forked -> forked(forked);
      case TraceEvent.Started started -> started(started);
      case TraceEvent.BreakpointHit hit -> {
        if (walker != null) {
          walker.reached(processes.of(hit.threadId()), hit.threadId(), hit.address());
        }
      }
      default -> {}
    }
    return isComplete();
  }

  private void started(TraceEvent.Started started) {
    int thread = started.threadId();
    TracedProcess process = processes.started(started);
    if (walker != null && attached) {
      walker.watch(process, thread);
    }
    if (walker != null) {
      walker.passed(process, thread);
    }
    lookAtVdso(process);
  }

  private void forked(TraceEvent.Forked forked) {
    if (notes != null) {
      notes.made(forked);
    }
    TracedProcess made = processes.forked(forked);
    if (walker != null && made != null) {
      walker.inherit(processes.of(forked.threadId()), forked.threadId(), made, forked.childId());
    }
  }

  private void lookAtVdso(TracedProcess process) {
    if (!options.calls().isEmpty() && vdsoNames.isEmpty()) {
      vdsoNames.addAll(process.vdsoCalls());
    }
  }

  private void enter(TraceEvent.Entered entered) {
    int thread = entered.threadId();
    TracedProcess process = processes.of(thread);
    SyscallId id = entered.call();
    String name = SyscallTable.of(id.abi()).nameOf(id.number());
    CallKey key = notes == null ? null : noted(notes, entered, process);
    waysBack.entered(entered);
    InterruptedCall before = interrupted.get(thread);
    if (before != null && before.handlerReturned && !name.equals(before.journey.name())) {
      interrupted.remove(thread);
      emit(before.returned.call(), before.journey);
    }
    if (isCountedOnly(entered, process)) {
      sink.startupCall(name);
      tally.startup();
    } else if (options.wants(name) && !isShown(entered, process)) {
      begin(entered, process, key);
    }
    process.slots().look(process, process.memory());
    if (openLines.writesTo(entered, process.processId())) {
      sink.settle();
    }
  }

  /// Notes a call, with who called where another run needs it to tell calls or threads apart.
  private CallKey noted(RunNotes notes, TraceEvent.Entered entered, TracedProcess process) {
    int thread = entered.threadId();
    CallKey key = notes.entered(entered, process.memory());
    String name = SyscallTable.of(entered.call().abi()).nameOf(entered.call().number());
    if (!RunNotes.makesThreads(entered.call()) && !options.wants(name)) {
      return key;
    }
    return notes.called(thread, key, StackPrints.of(entered.registers(), process));
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
    Long count = site == null ? null : occurrences.get(site);
    if (site == null || count == null || count == 0) {
      return false;
    }
    occurrences.put(site, count + 1);
    tally.passed(site);
    return true;
  }

  /// Whether nobody wants to see the end of a call that is about to run.
  private boolean isIndifferent(TraceEvent.Entered entered) {
    int thread = entered.threadId();
    return notes == null
        && walker == null
        && watch.equals(CallWatch.NONE)
        && interrupted.isEmpty()
        && !pending.containsKey(thread)
        && !HandlersAwaited.isSignalReturn(entered.call())
        && !Mappings.changes(entered.call())
        && openLines.isIndifferent(entered, processes.of(thread).processId());
  }

  private void begin(TraceEvent.Entered entered, TracedProcess process, @Nullable CallKey key) {
    int thread = entered.threadId();
    Origin origin = builder.origin(entered.call(), entered.registers(), process);
    String site = origin.site();
    InterruptedCall broken = interrupted.get(thread);
    if (broken != null && broken.site().equals(site)) {
      interrupted.remove(thread);
      if (options.all()) {
        emit(broken.returned.call(), broken.journey);
      }
    }
    boolean startup = !process.started() && origin.mayPrecedeProgram();
    if (!startup) {
      process.markStarted();
    }
    long occurrence = occurrences.merge(site, 1L, Long::sum);
    PendingCall.Kind kind = PendingCall.Kind.FULL;
    if (startup && !options.startup()) {
      kind = PendingCall.Kind.STARTUP;
    } else if (occurrence > 1) {
      if (!options.all()) {
        tally.passed(site);
        return;
      }
      kind = PendingCall.Kind.REPEAT;
    }
    Arrival arrival =
        builder.arrive(
            view.caller(thread, process),
            origin,
            builder.arguments(
                entered.call(), entered.registers(), view.context(process.memory(), thread)));
    // A journey that is shown in one line needs no more than its place.
    boolean inBrief =
        sink.wantsOnlyLines()
            || kind == PendingCall.Kind.REPEAT
            || (kind == PendingCall.Kind.STARTUP && options.calls().isEmpty());
    if (inBrief && !sink.wantsWholeJourneys()) {
      builder.locate(arrival, process);
    } else {
      builder.explore(arrival, process, process.slots(), process.bindsNow(), process::libraryName);
    }
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
            arrival,
            kind,
            System.nanoTime(),
            occurrence,
            walked == null ? List.of() : walked,
            key));
  }

  private void exit(TraceEvent.Exited exited) {
    int thread = exited.threadId();
    PendingCall call = pending.remove(thread);
    TracedProcess process = processes.of(thread);
    process.returned(exited);
    openLines.exited(exited, process.processId(), process.memory());
    if (walker != null) {
      walker.returned(process, thread);
    }
    if (notes != null) {
      notes.exited(exited, process.memory());
    }
    if (call == null || call.arrival().id().number() != exited.call().number()) {
      watch.left(thread);
      if (walker != null) {
        walker.passed(process, thread);
      }
      return;
    }
    Outcome.NeverRan never = filters.kept(exited);
    if (never != null) {
      watch.left(thread);
      unreturned(call, never);
      return;
    }
    if (call.kind() == PendingCall.Kind.FULL) {
      filters.note(exited, call.arrival());
    }
    // Everything about the call is read now: stepped on, the program may change it.
    Departure departure =
        builder.depart(call.arrival(), exited.registers(), view.context(process.memory(), thread));
    TracedCall ran =
        call.kind() == PendingCall.Kind.FULL
            ? watch.ran(thread, exited.call(), exited.registers().rax())
            : null;
    long nanoseconds = exited.nanoTime() - call.nanoTime();
    ReturnedCall returned = new ReturnedCall(call, departure, process, nanoseconds, ran);
    returned(returned);
  }

  private void returned(ReturnedCall returned) {
    String notStepped = notStepped(returned);
    if (notStepped == null) {
      waysBack.begin(returned);
    } else {
      finish(returned, ReturnTrace.of(returned.departure().registers(), notStepped));
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
      case FULL -> sink.wantsOnlyLines() ? "" : null;
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
    occurrences.merge(arrival.site(), 1L, Long::sum);
    returned(
        returned.with(
            builder.interrupted(
                arrival,
                returned.departure(),
                registers,
                view.context(process.memory(), returned.thread()))));
  }

  private void finish(ReturnedCall returned, ReturnTrace trace) {
    PendingCall call = returned.call();
    Departure departure = returned.departure();
    Journey journey =
        builder.returned(
            call.arrival(),
            departure,
            returned.process(),
            trace,
            returned.nanoseconds(),
            call.occurrence(),
            steps(call, returned.process(), trace));
    if (call.kind() == PendingCall.Kind.FULL) {
      journey = watch.with(journey, returned.ran());
    }
    if (departure.outcome() instanceof Outcome.Restarted) {
      // The same call comes again from the same place, and that one is the answer.
      occurrences.merge(call.arrival().site(), -1L, Long::sum);
      interrupted.put(returned.thread(), new InterruptedCall(returned, journey));
      return;
    }
    emit(call, journey);
    if (walker != null && trace.ended().isEmpty()) {
      walker.steppedBack(returned.process(), returned.thread(), trace);
    }
  }

  private List<Step> steps(PendingCall call, TracedProcess process, ReturnTrace trace) {
    if (call.walked().isEmpty()) {
      return List.of();
    }
    return builder
        .steps(call.arrival(), process, options.steps() == FollowOptions.Steps.BRIEF)
        .around(call.walked(), call.arrival().text(), trace);
  }

  private void emit(PendingCall call, Journey journey) {
    CallKey key = call.key();
    if (notes != null && key != null) {
      notes.journey(journey, key);
    }
    tally.emitted(call, journey);
    switch (call.kind()) {
      case FULL -> {
        followed.add(journey.name());
        sink.journey(journey);
      }
      case REPEAT -> {
        followed.add(journey.name());
        sink.repeat(journey);
      }
      case STARTUP -> {
        startupOnly.putIfAbsent(journey.name(), journey);
        sink.startup(journey);
      }
    }
  }

  private boolean isComplete() {
    return !options.all() && !options.calls().isEmpty() && followed.containsAll(options.calls());
  }

  private void exec(TraceEvent.Execed execed) {
    int thread = execed.threadId();
    if (notes != null) {
      notes.execed(execed);
    }
    PendingCall call = pending.remove(execed.formerThreadId());
    if (call == null) {
      call = pending.remove(thread);
    }
    if (call != null) {
      unreturned(call, new Outcome.NeverReturned("the process runs another program from here on"));
    }
    waysBack.left(execed.formerThreadId(), "ran another program");
    if (execed.formerThreadId() != thread) {
      watch.left(execed.formerThreadId()); // it goes on under its leader's number
    }
    TracedProcess process = processes.execed(execed);
    lookAtVdso(process);
    if (walker != null) {
      walker.forget(execed.formerThreadId());
      walker.ended(process.processId());
      walker.begin(process, thread);
    }
  }

  private void ended(TraceEvent.Ended ended) {
    watch.left(ended.threadId());
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
    int gone = processes.ended(ended);
    if (walker != null) {
      walker.forget(ended.threadId());
      if (gone != 0) {
        walker.ended(gone);
      }
    }
    if (notes != null) {
      notes.ended(ended.threadId());
    }
  }

  private void unreturned(PendingCall call, Outcome outcome) {
    long nanoseconds = System.nanoTime() - call.nanoTime();
    emit(
        call,
        builder.unreturned(call.arrival(), outcome, nanoseconds, call.occurrence(), List.of()));
  }

  private Result end(End end) {
    waysBack.endAll();
    if (end != End.PROGRAM_ENDED) {
      for (PendingCall call : List.copyOf(pending.values())) {
        unreturned(call, new Outcome.StillRunning());
      }
      pending.clear();
      for (InterruptedCall broken : interrupted.values()) {
        if (broken.handlerReturned) {
          emit(broken.returned.call(), broken.journey);
        } else {
          unreturned(broken.returned.call(), new Outcome.StillRunning());
        }
      }
      interrupted.clear();
    }
    sink.started();
    Set<String> missing = new HashSet<>(options.calls());
    missing.removeAll(followed);
    for (String name : List.copyOf(missing)) {
      Journey journey = startupOnly.get(name);
      if (journey != null) {
        missing.remove(name);
        sink.onlyAtStartup(journey);
      }
    }
    Set<String> vdso = new HashSet<>(missing);
    vdso.retainAll(vdsoNames);
    return new Result(end, processes.status(), processes.signal(), missing, vdso);
  }
}
