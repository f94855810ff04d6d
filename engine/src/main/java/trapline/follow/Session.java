package trapline.follow;

import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.capture.Capability;
import trapline.capture.Capture;
import trapline.capture.TraceEvent;
import trapline.model.CallKey;
import trapline.model.SyscallId;

/// One run of a program: takes the events until the program ends, the handler has all that
/// it wants, or someone interrupts. It knows the processes, takes the notes for another run, and
/// recognises signals that are meant for the program and this process.
///
/// Runs on the thread that made the capture.
final class Session {
  private final Capture capture;
  private final ProcessTable processes;
  private final SeccompView filters;
  private final EndingSignals endingSignals;
  private final OpenLines openLines;
  private final CallWatch watch;
  private final @Nullable RunNotes notes;
  private final CallHandler handler;

  Session(SessionSetup setup, CallHandler handler, ProcessTable processes, SeccompView filters) {
    this.capture = setup.capture();
    this.processes = processes;
    this.filters = filters;
    this.endingSignals =
        new EndingSignals(capture.find(Capability.SIGNALS), setup.interruptionComes());
    this.openLines = setup.openLines();
    this.watch = setup.watch();
    this.notes = setup.notes();
    this.handler = handler;
    if (setup.attached()) {
      processes.ranBefore(setup.prepared());
    }
  }

  /// Runs until the end.
  RunEnd run() {
    for (TraceEvent event = next(); event != null; event = next()) {
      if (event instanceof TraceEvent.Interrupted) {
        return RunEnd.INTERRUPTED;
      }
      handler.before(event);
      take(event);
      if (handler.isComplete()) {
        return RunEnd.COMPLETE;
      }
      int thread = event.threadId();
      if (thread == 0) {
        continue;
      }
      if (endingSignals.isForBoth(thread)) {
        return RunEnd.INTERRUPTED;
      }
      if (event instanceof TraceEvent.Entered entered && isIndifferent(entered)) {
        capture.resumePast(thread);
      } else {
        capture.resume(thread);
      }
    }
    if (handler.isComplete()) {
      return RunEnd.COMPLETE;
    }
    return endingSignals.haveEndedBoth() ? RunEnd.INTERRUPTED : RunEnd.PROGRAM_ENDED;
  }

  /// The next event. What no thread waits for is done while there is none.
  ///
  /// @return `null` when no traced thread is left, and when nothing more is wanted
  private @Nullable TraceEvent next() {
    while (handler.isBehind()) {
      TraceEvent ready = capture.poll();
      if (ready != null) {
        return ready;
      }
      handler.catchUp();
      if (handler.isComplete()) {
        return null;
      }
    }
    return capture.next();
  }

  private void take(TraceEvent event) {
    switch (event) {
      case TraceEvent.Entered entered -> enter(entered);
      case TraceEvent.Exited exited -> exit(exited);
      case TraceEvent.Execed execed -> exec(execed);
      case TraceEvent.Ended ended -> end(ended);
      case TraceEvent.Forked forked -> {
        if (notes != null) {
          notes.made(forked);
        }
        handler.forked(forked, processes.forked(forked));
      }
      case TraceEvent.Started started -> handler.started(processes.started(started), started);
      case TraceEvent.BreakpointHit hit -> handler.reached(processes.of(hit.threadId()), hit);
      case TraceEvent.Lost lost -> handler.lost(lost);
      default -> {}
    }
  }

  private void enter(TraceEvent.Entered entered) {
    TracedProcess process = processes.of(entered.threadId());
    CallKey key = notes == null ? null : noted(notes, entered, process);
    handler.entered(entered, process, key);
    if (openLines.writesTo(entered, process.processId())) {
      handler.writes(entered);
    }
  }

  /// Notes a call, with who called where another run needs it to tell threads apart.
  private static CallKey noted(RunNotes notes, TraceEvent.Entered entered, TracedProcess process) {
    CallKey key = notes.entered(entered, process.memory());
    return RunNotes.makesThreads(entered.call())
        ? notes.called(entered.threadId(), key, StackPrints.of(entered.registers(), process))
        : key;
  }

  private void exit(TraceEvent.Exited exited) {
    TracedProcess process = processes.of(exited.threadId());
    if (filters.isTrapped(exited)) {
      handler.trapped(exited, process);
      return;
    }
    process.returned(exited);
    openLines.exited(exited, process.processId(), process.memory());
    if (notes != null) {
      notes.exited(exited, process.memory());
    }
    handler.exited(exited, process);
  }

  private void exec(TraceEvent.Execed execed) {
    int thread = execed.threadId();
    if (notes != null) {
      notes.execed(execed);
    }
    handler.leaves(execed);
    if (execed.formerThreadId() != thread) {
      watch.left(execed.formerThreadId()); // it goes on under its leader's number
    }
    handler.begins(processes.execed(execed), execed);
  }

  private void end(TraceEvent.Ended ended) {
    watch.left(ended.threadId());
    handler.ended(ended);
    int gone = processes.ended(ended);
    if (gone != 0) {
      handler.ended(gone);
    }
    if (notes != null) {
      notes.ended(ended.threadId());
    }
  }

  private boolean isIndifferent(TraceEvent.Entered entered) {
    return notes == null
        && watch.equals(CallWatch.NONE)
        && !HandlersAwaited.isSignalReturn(entered.call())
        && !Mappings.changes(entered.call())
        && handler.isIndifferent(entered)
        && openLines.isIndifferent(entered, processes.of(entered.threadId()).processId());
  }

  /// The name of a call.
  static String nameOf(SyscallId id) {
    return SyscallTable.of(id.abi()).nameOf(id.number());
  }
}
