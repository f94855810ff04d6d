package trapline.follow;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import trapline.capture.Capture;
import trapline.capture.TraceEvent;
import trapline.journey.JourneyBuilder;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.ProcessFacts;
import trapline.model.Registers;

/// The processes of a run, from the events that make, change and end them.
///
/// A new process is a copy of its parent, or shares the parent's memory. So all that is known of
/// the parent's program holds for it, too, until it runs another one.
final class ProcessTable {
  private final Capture capture;
  private final JourneyBuilder builder;
  private final ObjectFiles objects;
  private final Map<Integer, TracedProcess> processes = new HashMap<>();

  /// The process of each thread: the tracer has forgotten those that end.
  private final Map<Integer, Integer> owners = new HashMap<>();

  private boolean attached;
  private @Nullable Preparation preparation;
  private int first;
  private int status;
  private int signal;

  ProcessTable(Capture capture, JourneyBuilder builder, ObjectFiles objects) {
    this.capture = capture;
    this.builder = builder;
    this.objects = objects;
  }

  /// Says that the first process ran before: its start is not seen.
  ///
  /// @param prepared what was found out about it; `null` for nothing
  void ranBefore(@Nullable Preparation prepared) {
    attached = true;
    preparation = prepared;
  }

  /// The process of a thread that is stopped. It is looked at through that thread from here on,
  /// which lives, as its first thread need not.
  TracedProcess of(int thread) {
    int id = capture.processOf(thread);
    TracedProcess known = processes.get(id);
    if (known == null) {
      known = begin(id, thread);
    }
    known.lookThrough(thread);
    return known;
  }

  private TracedProcess begin(int id, int thread) {
    TracedProcess maker = first == 0 && preparation != null ? preparation.of(id) : maker(thread);
    TracedProcess begun;
    if (maker != null) {
      begun = maker.copy(id, capture.memory(thread), handlers(id));
    } else {
      begun = new TracedProcess(id, thread, objects, capture.memory(thread), handlers(id));
      if (attached) {
        begun.markStarted();
      }
    }
    add(begun);
    owners.putIfAbsent(thread, id);
    return begun;
  }

  /// The process that made a thread's, when that could not be reported any more.
  private @Nullable TracedProcess maker(int thread) {
    if (first == 0) {
      return null;
    }
    ProcessFacts facts = ProcessFacts.of(thread);
    return facts == null ? null : processes.get(facts.parent());
  }

  private LongUnaryOperator handlers(int process) {
    return slot -> capture.handlerAt(process, slot);
  }

  private void add(TracedProcess process) {
    processes.put(process.processId(), process);
    if (first == 0) {
      first = process.processId();
    }
  }

  /// A thread is under trace from here on.
  TracedProcess started(TraceEvent.Started started) {
    owners.put(started.threadId(), started.processId());
    return of(started.threadId());
  }

  /// A thread has made another one.
  ///
  /// @return its process, when that is new
  @Nullable TracedProcess forked(TraceEvent.Forked forked) {
    TracedProcess maker = of(forked.threadId());
    lookWhetherStarted(maker, forked.threadId());
    if (forked.sameProcess()) {
      return null;
    }
    int child = forked.childId();
    TracedProcess made =
        capture.shareMemory(forked.threadId(), child)
            ? maker.share(child, capture.memory(child), handlers(child))
            : maker.copy(child, capture.memory(child), handlers(child));
    add(made);
    return made;
  }

  /// Not every call is looked at, so the program's own code may not have been seen yet. In a child,
  /// it need not be on the stack.
  private void lookWhetherStarted(TracedProcess maker, int thread) {
    Registers registers = maker.started() ? null : capture.registers(thread);
    if (registers != null) {
      maker.mayHaveChanged(thread);
      if (!builder.mayPrecedeProgram(registers, maker)) {
        maker.markStarted();
      }
    }
  }

  /// A process runs another program from here on.
  TracedProcess execed(TraceEvent.Execed execed) {
    int thread = execed.threadId();
    int id = capture.processOf(thread);
    owners.remove(execed.formerThreadId());
    owners.put(thread, id);
    TracedProcess begun =
        new TracedProcess(id, thread, objects, capture.memory(thread), handlers(id));
    add(begun);
    return begun;
  }

  /// A thread is gone, and with the last one its process, whose number the kernel gives out again.
  ///
  /// @return the process that has ended with it; 0 for none
  int ended(TraceEvent.Ended ended) {
    Integer owner = owners.remove(ended.threadId());
    int id = owner == null ? ended.threadId() : owner;
    if (capture.lives(id)) {
      return 0;
    }
    processes.remove(id);
    if (id == first) {
      status = ended.status();
      signal = ended.signal();
    }
    return id;
  }

  /// What the first process passed to exit; 0 when it did not end by itself.
  int status() {
    return status;
  }

  /// The signal that ended the first process; 0 when none did.
  int signal() {
    return signal;
  }
}
