package trapline.follow;

import java.util.ArrayList;
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
import trapline.journey.ReturnTrace;
import trapline.journey.StepsBuilder;
import trapline.kernel.run.TracedCall;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.ptrace.Tracer;
import trapline.model.CallKey;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.Registers;
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

  /// A call that has begun.
  ///
  /// @param walked the states from the call site to the trap; empty when it was not walked
  /// @param key which call of the run it is; `null` when no notes are taken
  private record Pending(
      Arrival arrival,
      Kind kind,
      long nanoTime,
      long occurrence,
      List<Registers> walked,
      @Nullable CallKey key) {}

  /// A call that a signal interrupted, and that the kernel may start again, after the handler when
  /// there is one. When that does not come about, this is the last that is known of it.
  private static final class Interrupted {
    final Pending call;
    final Journey journey;
    boolean handlerReturned;

    Interrupted(Pending call, Journey journey) {
      this.call = call;
      this.journey = journey;
    }
  }

  private enum Kind {
    FULL,
    REPEAT,
    STARTUP
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
  private final ReturnStepper stepper;
  private final @Nullable StepWalker walker;
  private final @Nullable RunNotes notes;
  private final CallWatch watch;

  private final ProcessTable processes;
  private final Map<Integer, Pending> pending = new LinkedHashMap<>();
  private final Map<Integer, Interrupted> interrupted = new LinkedHashMap<>();
  private final Map<String, Long> occurrences = new HashMap<>();
  private final Set<String> followed = new HashSet<>();
  private final Map<String, Journey> startupOnly = new LinkedHashMap<>();
  private final Set<String> vdsoNames = new HashSet<>();

  /// @param attached whether the program ran before: its start is not seen
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
      @Nullable RunNotes notes,
      CallWatch watch,
      OpenLines openLines,
      BooleanSupplier interruptionComes) {
    this.tracer = tracer;
    this.options = options;
    this.builder = builder;
    this.sink = sink;
    this.view = new ThreadView(tracer, limits);
    this.attached = attached;
    this.processes = new ProcessTable(tracer, builder, objects);
    if (attached) {
      processes.ranBefore();
    }
    this.notes = notes;
    this.watch = watch;
    this.endingSignals = new EndingSignals(tracer, interruptionComes);
    this.filters = new SeccompView(tracer);
    this.openLines = openLines;
    this.stepper = new ReturnStepper(tracer);
    this.walker = options.steps() == FollowOptions.Steps.NONE ? null : new StepWalker(tracer);
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
        tracer.resume(thread);
      }
    }
    return end(End.PROGRAM_ENDED);
  }

  /// @return whether everything that was asked for has been followed
  private boolean take(TraceEvent event) {
    boolean complete = false;
    switch (event) {
      case TraceEvent.Entered entered -> enter(entered);
      case TraceEvent.Exited exited -> complete = exit(exited);
      case TraceEvent.Execed execed -> exec(execed);
      case TraceEvent.Ended ended -> {
        ended(ended);
        return isComplete();
      }
      case TraceEvent.Forked forked -> forked(forked);
      case TraceEvent.Started started -> started(started);
      case TraceEvent.BreakpointHit hit -> {
        if (walker != null) {
          walker.reached(processes.of(hit.threadId()), hit.threadId(), hit.address());
        }
      }
      default -> {}
    }
    return complete;
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
    CallKey key = notes == null ? null : notes.entered(entered, process.memory());
    Interrupted before = interrupted.get(thread);
    if (before != null && before.handlerReturned && !name.equals(before.journey.name())) {
      interrupted.remove(thread);
      emit(before.call, before.journey);
    }
    if (options.wants(name)) {
      process.mayHaveChanged(thread);
      Registers registers = entered.registers();
      Arrival arrival =
          builder.arrive(
              view.caller(thread, process),
              id,
              registers,
              process,
              view.context(process.memory(), thread));
      Interrupted broken = interrupted.get(thread);
      if (broken != null && broken.call.arrival().site().equals(arrival.site())) {
        interrupted.remove(thread);
      }
      boolean startup = !process.started() && arrival.mayPrecedeProgram();
      if (!startup) {
        process.markStarted();
      }
      begin(thread, arrival, process, startup, key);
    }
    process.slots().look(process, process.memory());
  }

  private void begin(
      int thread, Arrival arrival, TracedProcess process, boolean startup, @Nullable CallKey key) {
    long occurrence = occurrences.merge(arrival.site(), 1L, Long::sum);
    Kind kind = Kind.FULL;
    if (startup && !options.startup()) {
      kind = Kind.STARTUP;
    } else if (occurrence > 1) {
      if (!options.all()) {
        return;
      }
      kind = Kind.REPEAT;
    }
    // A journey that is shown in one line needs no more than its place.
    boolean inBrief = kind == Kind.REPEAT || (kind == Kind.STARTUP && options.calls().isEmpty());
    if (inBrief && !sink.wantsWholeJourneys()) {
      builder.locate(arrival, process);
    } else {
      builder.explore(arrival, process, process.slots(), process.bindsNow(), process::libraryName);
    }
    List<Registers> walked = walker == null || kind != Kind.FULL ? null : walker.take(thread);
    if (kind == Kind.FULL) {
      watch.entered(thread);
    }
    pending.put(
        thread,
        new Pending(
            arrival,
            kind,
            System.nanoTime(),
            occurrence,
            walked == null ? List.of() : walked,
            key));
  }

  private boolean exit(TraceEvent.Exited exited) {
    int thread = exited.threadId();
    Pending call = pending.remove(thread);
    TracedProcess process = processes.of(thread);
    openLines.exited(exited, process.processId(), process.memory());
    if (walker != null) {
      walker.returned(process, thread);
    }
    if (notes != null) {
      notes.exited(exited, process.memory());
    }
    Interrupted before = interrupted.get(thread);
    if (before != null
        && SyscallTable.of(exited.call().abi())
            .nameOf(exited.call().number())
            .equals("rt_sigreturn")) {
      before.handlerReturned = true;
    }
    if (call == null || call.arrival().id().number() != exited.call().number()) {
      watch.left(thread);
      if (walker != null) {
        walker.passed(process, thread);
      }
      return false;
    }
    Outcome.NeverRan never = filters.kept(exited);
    if (never != null) {
      watch.left(thread);
      unreturned(call, never);
      return isComplete();
    }
    if (call.kind() == Kind.FULL) {
      filters.note(exited, call.arrival());
    }
    // Everything about the call is read now: stepped on, the program may change it.
    Departure departure =
        builder.depart(call.arrival(), exited.registers(), view.context(process.memory(), thread));
    TracedCall ran =
        call.kind() == Kind.FULL
            ? watch.ran(thread, exited.call(), exited.registers().rax())
            : null;
    process.mayHaveChanged(thread);
    long nanoseconds = exited.nanoTime() - call.nanoTime();
    boolean restarted = departure.outcome() instanceof Outcome.Restarted;
    ReturnTrace trace = wayBack(thread, call, departure, process);
    Journey journey =
        builder.returned(
            call.arrival(),
            departure,
            process,
            trace,
            nanoseconds,
            call.occurrence(),
            steps(call, process, trace));
    if (call.kind() == Kind.FULL) {
      journey = watch.with(journey, ran);
    }
    if (restarted) {
      // The same call comes again from the same place, and that one is the answer.
      occurrences.merge(call.arrival().site(), -1L, Long::sum);
      if (!options.all()) {
        interrupted.put(thread, new Interrupted(call, journey));
        return false;
      }
    }
    emit(call, journey);
    return isComplete();
  }

  /// Steps a thread back to its caller when that is shown. It runs on here.
  private ReturnTrace wayBack(
      int thread, Pending call, Departure departure, TracedProcess process) {
    Registers registers = departure.registers();
    boolean whole =
        call.kind() == Kind.FULL || (call.kind() == Kind.REPEAT && sink.wantsWholeJourneys());
    if (!whole || departure.outcome() instanceof Outcome.Restarted) {
      return ReturnTrace.of(registers, "");
    }
    if (call.arrival().name().equals("rt_sigreturn")) {
      return ReturnTrace.of(registers, "the program goes on where the signal interrupted it");
    }
    return stepper.step(thread, registers, call.arrival().returnPoint(), process.memory());
  }

  private List<Step> steps(Pending call, TracedProcess process, ReturnTrace trace) {
    if (call.walked().isEmpty()) {
      return List.of();
    }
    StepsBuilder road =
        builder.steps(call.arrival(), process, options.steps() == FollowOptions.Steps.BRIEF);
    Registers exit = trace.states().getFirst();
    List<Step> steps = new ArrayList<>(road.steps(call.walked()));
    steps.addAll(road.steps(List.of(call.walked().getLast(), exit)));
    steps.add(new Step.Trap(call.arrival().text(), Long.toString(exit.rax())));
    int last = trace.caller() < 0 ? trace.states().size() : trace.caller() + 2;
    List<Registers> back = trace.states();
    steps.addAll(road.steps(back.subList(0, Math.min(last, back.size()))));
    return steps;
  }

  private void emit(Pending call, Journey journey) {
    CallKey key = call.key();
    if (notes != null && key != null) {
      notes.journey(journey, key);
    }
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
    Pending call = pending.remove(execed.formerThreadId());
    if (call == null) {
      call = pending.remove(thread);
    }
    if (call != null) {
      unreturned(call, new Outcome.NeverReturned("the process runs another program from here on"));
    }
    if (execed.formerThreadId() != thread) {
      watch.left(execed.formerThreadId()); // it goes on under its leader's number
    }
    TracedProcess process = processes.execed(execed);
    lookAtVdso(process);
    if (walker != null) {
      walker.forget(execed.formerThreadId());
      walker.begin(process, thread);
    }
  }

  private void ended(TraceEvent.Ended ended) {
    watch.left(ended.threadId());
    Interrupted broken = interrupted.remove(ended.threadId());
    if (broken != null) {
      emit(broken.call, broken.journey);
    }
    Pending call = pending.remove(ended.threadId());
    if (call != null) {
      unreturned(call, new Outcome.NeverReturned(why(ended, call.arrival().name())));
    }
    processes.ended(ended);
    if (walker != null) {
      walker.forget(ended.threadId());
    }
    if (notes != null) {
      notes.ended(ended.threadId());
    }
  }

  private static String why(TraceEvent.Ended ended, String call) {
    return switch (call) {
      case "exit" -> "the thread ended";
      case "exit_group" -> "the process ended";
      default ->
          ended.signal() == 0
              ? "the thread ended inside the call"
              : Signals.name(ended.signal()) + " ended the thread inside the call";
    };
  }

  private void unreturned(Pending call, Outcome outcome) {
    long nanoseconds = System.nanoTime() - call.nanoTime();
    emit(
        call,
        builder.unreturned(call.arrival(), outcome, nanoseconds, call.occurrence(), List.of()));
  }

  private Result end(End end) {
    if (end != End.PROGRAM_ENDED) {
      for (Pending call : List.copyOf(pending.values())) {
        unreturned(call, new Outcome.StillRunning());
      }
      pending.clear();
      for (Interrupted broken : interrupted.values()) {
        if (broken.handlerReturned) {
          emit(broken.call, broken.journey);
        } else {
          unreturned(broken.call, new Outcome.StillRunning());
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
