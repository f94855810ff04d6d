package trapline.follow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.abi.SyscallTable;
import trapline.bytes.LittleEndian;
import trapline.capture.TraceEvent;
import trapline.decode.DecodeContext;
import trapline.follow.FailureSession.Failure;
import trapline.journey.JourneyBuilder;
import trapline.journey.JourneyBuilder.Arrival;
import trapline.journey.JourneyBuilder.Departure;
import trapline.journey.ReturnTrace;
import trapline.kernel.run.TracedCall;
import trapline.linux.cause.PassedMemory;
import trapline.model.Argument;
import trapline.model.CallKey;
import trapline.model.Evidence;
import trapline.model.Journey;
import trapline.model.LocalCause;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

/// Keeps the calls that fail. The arguments of every call are read before it runs, for it or
/// another thread may change them; line and stack only when it has failed, for the kernel leaves
/// the
/// registers as they were.
final class FailedCalls implements CallHandler {
  private static final int EINTR = 4;

  /// How long nothing is shown of how far the run is.
  private static final long PAUSE_NANOS = 1_000_000_000;

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

  private final JourneyBuilder builder;
  private final ThreadView view;
  private final RunNotes notes;
  private final CallWatch watch;
  private final OpenLines openLines;
  private final SeccompView filters;
  private final ProcessTable processes;
  private final Predicate<List<Failure>> isEnough;
  private final RunProgress progress;
  private final Map<Integer, Pending> pending = new HashMap<>();

  /// Calls that a signal interrupted: failed with EINTR, unless the kernel starts them again.
  private final Map<Integer, Failure> interrupted = new HashMap<>();

  private final Map<Site, Looks> looks = new HashMap<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final List<Failure> failures = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final LookUps lookUps = new LookUps();
  private final EarlierCalls earlierCalls = new EarlierCalls();
  private final LastWords lastWords = new LastWords();
  private long calls;
  private long left;
  private long failing;
  private long shown;
  private int asked;
  private boolean isComplete;

  /// @param notes what another run of the program needs to know
  /// @param isEnough asked with all calls that have failed, when one more has
  FailedCalls(
      SessionSetup setup,
      RunNotes notes,
      ProcessTable processes,
      SeccompView filters,
      Predicate<List<Failure>> isEnough,
      RunProgress progress) {
    this.builder = setup.builder();
    this.view = new ThreadView(setup.limits());
    this.notes = notes;
    this.watch = setup.watch();
    this.openLines = setup.openLines();
    this.filters = filters;
    this.processes = processes;
    this.isEnough = isEnough;
    this.progress = progress;
  }

  private void tell(TraceEvent.Entered entered, int process) {
    if (progress.isShown() && openLines.mayReach(entered, process)) {
      progress.hide();
    }
    if (shown == 0 || entered.nanoTime() - shown > PAUSE_NANOS) {
      shown = entered.nanoTime();
      progress.at(calls, failing);
    }
  }

  /// What the run came to.
  FailureSession.Result result(boolean isInterrupted) {
    progress.hide();
    Set<Failure> found = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Failure each : failures) {
      LookUps.LookUp lookUp = each.lookUp();
      if (lookUp != null && (lookUp.isOptional() || lookUps.isFound(lookUp))) {
        found.add(each);
      }
    }
    return new FailureSession.Result(
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

  @Override
  public boolean isComplete() {
    if (failures.size() > asked) {
      asked = failures.size();
      isComplete = isEnough.test(failures);
    }
    return isComplete;
  }

  @Override
  public void leaves(TraceEvent.Execed execed) {
    pending.remove(execed.formerThreadId());
  }

  @Override
  public void ended(TraceEvent.Ended ended) {
    pending.remove(ended.threadId());
    settle(ended.threadId());
  }

  @Override
  public void entered(TraceEvent.Entered entered, TracedProcess process, @Nullable CallKey noted) {
    int thread = entered.threadId();
    SyscallId id = entered.call();
    CallKey key = java.util.Objects.requireNonNull(noted, "this run has notes");
    Failure before = interrupted.get(thread);
    if (before != null && before.key().sameCall(key)) {
      interrupted.remove(thread); // started again: it has not failed
    }
    List<Argument> arguments =
        builder.arguments(id, entered.registers(), view.context(process.memory(), thread));
    RemoteMemory passed = PassedMemory.read(id, arguments, process.memory());
    pending.put(thread, new Pending(key, arguments, passed, entered.nanoTime()));
    calls++;
    tell(entered, process.processId());
    SyscallTable table = SyscallTable.of(id.abi());
    if (seen.size() < FailureSession.MOST_PLACES || table.byNumber(id.number()) != null) {
      seen.add(table.nameOf(id.number()));
    }
    watch.entered(thread);
  }

  @Override
  public void trapped(TraceEvent.Exited exited, TracedProcess process) {
    pending.remove(exited.threadId());
    watch.left(exited.threadId());
  }

  @Override
  public void exited(TraceEvent.Exited exited, TracedProcess process) {
    int thread = exited.threadId();
    long result = exited.registers().result();
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
    String name = Session.nameOf(exited.call());
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
    if (known == null && failures.size() < FailureSession.MOST_PLACES) {
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
    byte[] word = memory.readExactly(registers.stackPointer(), Long.BYTES);
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
    if (looks.size() >= FailureSession.MOST_PLACES && !looks.containsKey(site)) {
      left++;
      return null;
    }
    Looks known = looks.computeIfAbsent(site, each -> new Looks());
    if (++known.count > FailureSession.LOOKS) {
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
    Registers registers = exited.registers().withResult(result);
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
