package trapline.follow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.capture.TraceEvent;
import trapline.model.CallKey;
import trapline.model.Journey;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.StackPrint;
import trapline.model.SyscallId;

/// What another run of the same program needs to know of this one: which files the program finds,
/// what it reads, and which call is which.
public final class RunNotes {
  private static final int ARGUMENTS = 6;
  private static final Set<String> MAKERS = Set.of("clone", "clone3", "fork", "vfork");

  private final RunTree tree = new RunTree(true);
  private final FilesTouched files;
  private final InputRead input = new InputRead();
  private final IdentityHashMap<Journey, CallKey> keys = new IdentityHashMap<>();
  private boolean begun;

  /// @param copies a directory for copies of files, which is the caller's to remove
  public RunNotes(Path copies) {
    this.files = new FilesTouched(copies);
  }

  /// The files that the program looked at.
  public FilesTouched files() {
    return files;
  }

  /// What it read from its standard input.
  public InputRead input() {
    return input;
  }

  /// The run's threads and calls.
  public RunTree tree() {
    return tree;
  }

  /// What was too much to be noted, a line each.
  public List<String> cuts() {
    List<String> cuts = new ArrayList<>();
    if (tree.isCut()) {
      cuts.add(
          String.format(
              Locale.ROOT,
              "the run had more than %,d threads or different calls: the guest is not asked for"
                  + " later ones",
              RunTree.MOST));
    }
    if (files.isCut()) {
      cuts.add(
          String.format(
              Locale.ROOT,
              "the program looked at more than %,d files: the guest lacks the others",
              FilesTouched.MOST));
    }
    if (files.hasOddNames()) {
      cuts.add("the guest lacks the files whose names are not UTF-8");
    }
    return cuts;
  }

  /// Which call of the run a journey is of; `null` when that was not noted.
  public @Nullable CallKey keyOf(Journey journey) {
    return keys.get(journey);
  }

  /// Notes which call a journey is of.
  void journey(Journey journey, CallKey key) {
    keys.put(journey, key);
  }

  /// A call is about to be made.
  CallKey entered(TraceEvent.Entered event, RemoteMemory memory) {
    SyscallId id = event.call();
    Registers registers = event.registers();
    List<Long> arguments = new ArrayList<>(ARGUMENTS);
    for (int i = 0; i < ARGUMENTS; i++) {
      arguments.add(registers.argument(id.abi(), i));
    }
    List<PathArguments.Named> named = PathArguments.read(id, arguments, memory);
    files.entered(event.threadId(), id, registers, named);
    return tree.entered(event.threadId(), id, registers.instructionPointer(), arguments, named);
  }

  /// A call has returned.
  void exited(TraceEvent.Exited event, RemoteMemory memory) {
    tree.returned(event.threadId(), event.registers().result());
    input.exited(event.threadId(), event.call(), event.registers(), memory);
  }

  /// Notes who makes a call that a thread is in.
  ///
  /// @return the call with it
  CallKey called(int thread, CallKey key, StackPrint stack) {
    return tree.called(thread, key, stack);
  }

  /// Whether a call makes threads or processes.
  static boolean makesThreads(SyscallId id) {
    return MAKERS.contains(SyscallTable.of(id.abi()).nameOf(id.number()));
  }

  /// A thread has made another one.
  void made(TraceEvent.Forked event) {
    tree.made(event.threadId(), event.childId());
  }

  /// A process runs another program from here on. The first time it is the program of this run.
  void execed(TraceEvent.Execed event) {
    if (begun) {
      tree.executed(event.threadId(), event.formerThreadId());
    } else {
      begun = true;
      tree.restart(event.threadId());
    }
  }

  /// A thread is gone.
  void ended(int thread) {
    tree.ended(thread);
  }
}
