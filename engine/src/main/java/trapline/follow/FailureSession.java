package trapline.follow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.abi.SyscallTable;
import trapline.bytes.LittleEndian;
import trapline.decode.DecodeContext;
import trapline.decode.Limits;
import trapline.journey.JourneyBuilder;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.journey.JourneyBuilder.Departure;
import trapline.journey.ReturnTrace;
import trapline.kernel.run.TracedCall;
import trapline.linux.cause.PassedMemory;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.ptrace.Tracer;
import trapline.model.Argument;
import trapline.model.CallKey;
import trapline.model.Evidence;
import trapline.model.Journey;
import trapline.model.LocalCause;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;
import trapline.model.TraceEvent;

/// One run of a program of which only the calls that fail are shown. The arguments of every call
/// are read before it runs, for it or another thread may change them; line and stack only when it
/// has failed, for the kernel leaves the registers as they were.
///
/// Runs on the thread that made the tracer.
public final class FailureSession {
  /// A call that failed.
  ///
  /// @param key which call of the run it was
  /// @param journey the call, with its source line as only hop
  /// @param startup whether the dynamic linker or the C library made it before the program's own
  ///     code ran
  /// @param times how often the same place made the same call with the same error
  /// @param ran what ran in the kernel meanwhile; `null` when that was not watched or not seen
  /// @param causes what on this machine made it fail, as it was then
  /// @param lookUp the file that it only looked for; `null` when it was another kind of call
  public record Failure(
      CallKey key,
      Journey journey,
      boolean startup,
      long times,
      @Nullable TracedCall ran,
      List<LocalCause> causes,
      LookUps.@Nullable LookUp lookUp) {
    public Failure {
      causes = List.copyOf(causes);
    }

    private Failure again() {
      return new Failure(key, journey, startup, times + 1, ran, causes, lookUp);
    }

    /// The same call of which nothing was seen in the kernel.
    public Failure unwatched() {
      return new Failure(key, journey, false, 1, null, causes, lookUp);
    }
  }

  /// How the run went.
  ///
  /// @param interrupted whether someone asked it to end
  /// @param status what the program passed to exit; 0 when it did not end by itself
  /// @param signal the signal that ended the program; 0 when none did
  /// @param failures in the order in which the calls returned
  /// @param passing those of them after which the program found what it looked for elsewhere, or
  ///     that looked for what no program needs
  /// @param lastWords the end of what was written to standard error
  /// @param calls how many calls were made
  /// @param left how many more failed of which nothing is kept, as there were too many
  /// @param seen the names of the calls that were made
  public record Result(
      boolean interrupted,
      int status,
      int signal,
      List<Failure> failures,
      Set<Failure> passing,
      String lastWords,
      long calls,
      long left,
      Set<String> seen) {
    public Result {
      failures = List.copyOf(failures);
      passing = Collections.unmodifiableSet(passing);
      seen = Set.copyOf(seen);
    }
  }

  /// A place that fails again and again is looked at this often.
  public static final int LOOKS = 64;

  /// How many places are told apart; later ones are not looked at.
  public static final int MOST_PLACES = 20_000;

  private static final int EINTR = 4;

  /// How long nothing is told of how far the run is.
  private static final long PAUSE = 1_000_000_000;

  /// A call that has begun.
  ///
  /// @param passed what its arguments point to, as far as the cause of an error may depend on it
  private record Pending(
      CallKey key, List<Argument> arguments, RemoteMemory passed, long nanoTime) {}

  /// What was found out about a place.
  private static final class Looks {
    private int count;
    private String last = "";
    private boolean differed;
  }

  /// A place in the program, told without a walk up the stack.
  ///
  /// @param caller what is on top of the stack: for most wrappers their return address
  private record Site(
      int process, SyscallId id, long instruction, long caller, long error, List<String> paths) {}

  private final Tracer tracer;
  private final JourneyBuilder builder;
  private final ThreadView view;
  private final RunNotes notes;
  private final CallWatch watch;
  private final EndingSignals endingSignals;
  private final OpenLines openLines;
  private final ProcessTable processes;
  private final Map<Integer, Pending> pending = new HashMap<>();

  /// Calls that a signal interrupted: failed with EINTR, unless the kernel starts them again.
  private final Map<Integer, Failure> interrupted = new HashMap<>();

  private final Map<Site, Looks> looks = new HashMap<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final List<Failure> failures = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final LookUps lookUps = new LookUps();
  private final EarlierCalls earlierCalls = new EarlierCalls();
  private final SeccompView filters;
  private final LastWords lastWords = new LastWords();
  private long calls;
  private long left;
  private long failing;
  private RunProgress progress = RunProgress.NONE;
  private long told;

  /// @param watch watches the kernel meanwhile; [CallWatch#NONE] for nobody
  /// @param openLines is told what the program writes
  /// @param interruptionComes asked when the program was sent a signal that, sent to both, ends
  ///     this run, too: whether it was
  public FailureSession(
      Tracer tracer,
      JourneyBuilder builder,
      ObjectFiles objects,
      Limits limits,
      RunNotes notes,
      CallWatch watch,
      OpenLines openLines,
      BooleanSupplier interruptionComes) {
    this.tracer = tracer;
    this.builder = builder;
    this.processes = new ProcessTable(tracer, builder, objects);
    this.view = new ThreadView(limits);
    this.filters = new SeccompView(tracer);
    this.notes = notes;
    this.watch = watch;
    this.endingSignals = new EndingSignals(tracer, interruptionComes);
    this.openLines = openLines;
  }

  /// Shows how far the run is.
  public void show(RunProgress shown) {
    progress = shown;
  }

  private void tell(TraceEvent.Entered entered, int process) {
    if (progress.isShown() && openLines.mayReach(entered, process)) {
      progress.hide();
    }
    if (told == 0 || entered.nanoTime() - told > PAUSE) {
      told = entered.nanoTime();
      progress.at(calls, failing);
    }
  }

  /// Runs the program to its end, or until enough has failed. The tracer is left to the caller to
  /// close.
  ///
  /// @param isAttached whether the program ran before: its start is not seen
  /// @param isEnough asked with all calls that have failed, when one more has
  public Result run(boolean isAttached, Predicate<List<Failure>> isEnough) {
    if (isAttached) {
      processes.ranBefore(null);
    }
    for (TraceEvent event = tracer.next(); event != null; event = next(event)) {
      if (event instanceof TraceEvent.Interrupted || endingSignals.isForBoth(event.threadId())) {
        return result(true);
      }
      int before = failures.size();
      take(event);
      if (failures.size() > before && isEnough.test(failures)) {
        return result(false);
      }
    }
    return result(endingSignals.haveEndedBoth());
  }

  private Result result(boolean isInterrupted) {
    progress.hide();
    Set<Failure> found = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Failure each : failures) {
      LookUps.LookUp lookUp = each.lookUp();
      if (lookUp != null && (lookUp.isOptional() || lookUps.isFound(lookUp))) {
        found.add(each);
      }
    }
    return new Result(
        isInterrupted,
        processes.status(),
        processes.signal(),
        failures,
        found,
        lastWords.toString(),
        calls,
        left,
        seen);
  }

  private @Nullable TraceEvent next(TraceEvent last) {
    if (last.threadId() != 0) {
      tracer.resume(last.threadId());
    }
    return tracer.next();
  }

  private void take(TraceEvent event) {
    int thread = event.threadId();
    switch (event) {
      case TraceEvent.Entered entered -> enter(entered);
      case TraceEvent.Exited exited -> exit(exited);
      case TraceEvent.Execed execed -> {
        pending.remove(execed.formerThreadId());
        if (execed.formerThreadId() != thread) {
          watch.left(execed.formerThreadId()); // it goes on under its leader's number
        }
        processes.execed(execed);
        notes.execed(execed);
      }
      case TraceEvent.Forked forked -> {
        processes.forked(forked);
        notes.made(forked);
      }
      case TraceEvent.Started started -> processes.started(started);
      case TraceEvent.Ended ended -> {
        notes.ended(thread);
        watch.left(thread);
        pending.remove(thread);
        settle(thread);
        processes.ended(ended);
      }
      default -> {}
    }
  }

  private void enter(TraceEvent.Entered entered) {
    int thread = entered.threadId();
    SyscallId id = entered.call();
    TracedProcess process = processes.of(thread);
    CallKey key = notes.entered(entered, process.memory());
    Failure before = interrupted.get(thread);
    if (before != null && before.key().sameCall(key)) {
      interrupted.remove(thread); // started again: it has not failed
    }
    if (RunNotes.makesThreads(id)) {
      key = notes.called(thread, key, StackPrints.of(entered.registers(), process));
    }
    List<Argument> arguments =
        builder.arguments(id, entered.registers(), view.context(process.memory(), thread));
    RemoteMemory passed = PassedMemory.read(id, arguments, process.memory());
    pending.put(thread, new Pending(key, arguments, passed, entered.nanoTime()));
    calls++;
    tell(entered, process.processId());
    SyscallTable table = SyscallTable.of(id.abi());
    if (seen.size() < MOST_PLACES || table.byNumber(id.number()) != null) {
      seen.add(table.nameOf(id.number()));
    }
    watch.entered(thread);
  }

  private void exit(TraceEvent.Exited exited) {
    int thread = exited.threadId();
    long result = exited.registers().rax();
    TracedProcess process = processes.of(thread);
    if (filters.isTrapped(exited)) { // nothing was done, and the registers are those of before it
      pending.remove(thread);
      watch.left(thread);
      return;
    }
    process.returned(exited);
    openLines.exited(exited, process.processId(), process.memory());
    notes.exited(exited, process.memory());
    lastWords.exited(exited, process.memory());
    Pending call = pending.remove(thread);
    if (call == null || call.key().id().number() != exited.call().number()) {
      watch.left(thread);
      return;
    }
    boolean handled = HandlersAwaited.isSignalReturn(call.key().id());
    if (handled && result == -EINTR) {
      watch.left(thread);
      settle(thread);
      return;
    }
    boolean failed = Errnos.isError(result) || Errnos.isRestart((int) -result);
    String name = SyscallTable.of(exited.call().abi()).nameOf(exited.call().number());
    earlierCalls.returned(process.processId(), name, call.arguments(), result);
    if (handled || !failed) {
      watch.left(thread);
      lookUps.succeeded(process.processId(), name, call.key());
      return;
    }
    failing++;
    boolean restart = Errnos.isRestart((int) -result);
    Failure failure =
        look(
            thread,
            call,
            exited,
            restart ? -EINTR : result,
            watch.ran(thread, exited.call(), result));
    if (failure == null) {
      return;
    }
    if (restart) {
      interrupted.put(thread, failure);
    } else {
      add(failure);
    }
  }

  /// An interrupted call of this thread has not been started again.
  private void settle(int thread) {
    Failure failure = interrupted.remove(thread);
    if (failure != null) {
      add(failure);
    }
  }

  private void add(Failure failure) {
    String place = FailurePlace.of(failure.journey());
    Integer known = places.get(place);
    if (known == null && failures.size() < MOST_PLACES) {
      places.put(place, failures.size());
      failures.add(failure);
    } else if (known != null) {
      failures.set(known, failures.get(known).again());
    } else {
      left++;
    }
  }

  /// 0 when it cannot be read.
  private static long topOfStack(Registers registers, RemoteMemory memory) {
    byte[] word = memory.readExactly(registers.rsp(), Long.BYTES);
    return word == null ? 0 : LittleEndian.word(word, 0);
  }

  private @Nullable Failure look(
      int thread, Pending call, TraceEvent.Exited exited, long result, @Nullable TracedCall ran) {
    CallKey key = call.key();
    TracedProcess process = processes.of(thread);
    Site site =
        new Site(
            process.processId(),
            key.id(),
            key.instruction(),
            topOfStack(exited.registers(), process.memory()),
            result,
            key.paths());
    if (looks.size() >= MOST_PLACES && !looks.containsKey(site)) {
      left++;
      return null;
    }
    Looks known = looks.computeIfAbsent(site, each -> new Looks());
    if (++known.count > LOOKS) {
      Integer same = known.differed ? null : places.get(known.last);
      if (same == null) {
        left++;
      } else {
        failures.set(same, failures.get(same).again());
      }
      return null;
    }
    DecodeContext context = view.context(process.memory(), thread);
    // As at the entry, but for the result: 0 is rax's number in DWARF.
    Registers registers = exited.registers().withDwarf(0, result);
    Arrival arrival =
        builder.arrive(
            view.caller(thread, process),
            builder.origin(key.id(), registers, process),
            call.arguments());
    boolean startup = !process.started() && arrival.mayPrecedeProgram();
    if (!startup) {
      process.markStarted();
    }
    Departure departure = builder.depart(arrival, registers, context);
    builder.locate(arrival, process);
    long nanoseconds = exited.nanoTime() - call.nanoTime();
    Journey journey =
        builder.returned(
            arrival, departure, process, ReturnTrace.of(registers, ""), nanoseconds, 1, List.of());
    String place = FailurePlace.of(journey);
    known.differed |= known.count > 1 && !place.equals(known.last);
    known.last = place;
    CallKey told = notes.called(thread, key, StackPrints.of(exited.registers(), process));
    List<LocalCause> causes = new ArrayList<>();
    boolean isNew = !places.containsKey(place); // a place is looked at once
    if (isNew && !startup && journey.outcome() instanceof Outcome.Failed failed) {
      LocalCause filter = filters.cause(exited, journey.name(), failed.errno().name());
      if (filter != null) {
        causes.add(filter);
      }
      // Where a filter surely answered, no rule of the kernel function's says why.
      if (filter == null || !filter.evidence().equals(Evidence.OBSERVED)) {
        causes.addAll(Causes.of(journey, call.key().paths(), call.passed()));
        LocalCause earlier =
            earlierCalls.cause(
                process.processId(), journey.name(), call.arguments(), failed.errno().name());
        if (earlier != null) {
          causes.add(earlier);
        }
      }
    }
    LookUps.LookUp lookUp =
        journey.outcome() instanceof Outcome.Failed failed
            ? lookUps.failed(process.processId(), journey.name(), failed.errno().name(), key)
            : null;
    return new Failure(told, journey, startup, 1, ran, causes, lookUp);
  }
}
