package trapline.follow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.bytes.LittleEndian;
import trapline.capture.Breakpoints;
import trapline.capture.Capability;
import trapline.capture.Capture;
import trapline.capture.StepResult;
import trapline.capture.Stepping;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.X86Decoder;
import trapline.journey.Gateways;
import trapline.journey.Gateways.Gateway;
import trapline.journey.Image;
import trapline.journey.ReturnTrace;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// Walks threads instruction by instruction from a program's calls into its libraries to the trap.
///
/// Breakpoints stand where the program sets up a call that may trap. A thread that reaches one is
/// stepped until it is about to trap, or has returned. Between such calls it runs at full speed.
final class StepWalker {
  /// A library call that takes longer than this before its trap is left to run.
  private static final int MOST = 100_000;

  /// More calls from libraries back into the program than this are not walked into.
  private static final int DEEPEST = 16;

  /// Larger than any `_start`.
  private static final int START_CODE = 64;

  /// What a thread went through since it reached a gateway.
  private static final class Walk {
    final Gateway gateway;
    final List<Registers> states = new ArrayList<>();
    long stackPointer = -1;

    /// Where the call returns to; only known once it was reached.
    long back;

    Walk(Gateway gateway) {
      this.gateway = gateway;
    }

    Walk copy() {
      Walk copy = new Walk(gateway);
      copy.states.addAll(states);
      copy.stackPointer = stackPointer;
      copy.back = back;
      return copy;
    }

    /// Takes the call, which is about to be made.
    void called(Registers state, RemoteMemory memory) {
      stackPointer = state.stackPointer();
      back = gateway.next().value();
      if (gateway.tail()) {
        byte[] word = memory.readExactly(state.stackPointer(), 8);
        back = word == null ? 0 : LittleEndian.word(word, 0);
      }
    }

    boolean hasReturned(Registers state) {
      return stackPointer >= 0
          && state.instructionPointer() == back
          && state.stackPointer() >= stackPointer;
    }
  }

  private final Capture capture;
  private final Stepping stepping;
  private final Breakpoints breakpoints;
  private final Map<TracedProcess, Map<Long, Gateway>> gateways = new HashMap<>();
  private final Set<TracedProcess> entryWatched = new HashSet<>();

  /// Whose dynamic linker was run as the program, and has not mapped the real one yet.
  private final Set<TracedProcess> awaited = new HashSet<>();

  /// Each thread's walks, the innermost last: a library may call back into the program, and that
  /// may call a library again.
  private final Map<Integer, List<Walk>> walks = new HashMap<>();

  /// Why a thread's walk ended before the trap.
  private final Map<Integer, String> lost = new HashMap<>();

  private final X86Decoder decoder = new X86Decoder();
  private final Instruction instruction = new Instruction();
  private final byte[] code = new byte[X86Decoder.MAX_LENGTH];

  private StepWalker(Capture capture, Stepping stepping, Breakpoints breakpoints) {
    this.capture = capture;
    this.stepping = stepping;
    this.breakpoints = breakpoints;
  }

  /// @return `null` where threads cannot be stopped and stepped
  static @Nullable StepWalker of(Capture capture) {
    Stepping stepping = capture.find(Capability.STEPPING);
    Breakpoints breakpoints = capture.find(Capability.BREAKPOINTS);
    return stepping == null || breakpoints == null
        ? null
        : new StepWalker(capture, stepping, breakpoints);
  }

  /// Prepares a process that has just begun to run a program: its libraries are not there yet, so
  /// the gateways are found when it reaches its own first instruction.
  void begin(TracedProcess process, int thread) {
    if (process.awaitsProgram()) {
      awaited.add(process);
    } else if (process.entry() != 0 && entryWatched.add(process)) {
      breakpoints.insert(thread, process.entry());
    }
  }

  /// Takes a process that another one has made: it has the same breakpoints, and its first thread
  /// goes on where its maker is.
  void inherit(TracedProcess maker, int makerThread, TracedProcess made, int madeThread) {
    Map<Long, Gateway> known = gateways.get(maker);
    if (known != null) {
      gateways.put(made, known);
    }
    List<Walk> open = walks.get(makerThread);
    if (open != null) {
      List<Walk> copies = new ArrayList<>();
      open.forEach(walk -> copies.add(walk.copy()));
      walks.put(madeThread, copies);
    }
    String why = lost.get(makerThread);
    if (why != null) {
      lost.put(madeThread, why);
    }
  }

  /// Takes the end of a system call, which may have mapped the program.
  void returned(TracedProcess process, int thread) {
    if (awaited.contains(process) && !process.awaitsProgram()) {
      awaited.remove(process);
      begin(process, thread);
    }
  }

  /// Prepares a process that runs already.
  void watch(TracedProcess process, int thread) {
    if (gateways.containsKey(process)) {
      return;
    }
    Map<Long, Gateway> found = new HashMap<>();
    gateways.put(process, found);
    List<Image> libraries = process.executables();
    Gateways finder = new Gateways(libraries);
    for (Image image : libraries) {
      if (image.role() == Image.Role.PROGRAM) {
        for (Gateway gateway : finder.of(image, image.equals(process.program()))) {
          // The program's first call leads to everything that it does.
          long behindStart = gateway.call().value() - process.entry();
          boolean first = behindStart >= 0 && behindStart < START_CODE;
          if (!first && found.putIfAbsent(gateway.start().value(), gateway) == null) {
            breakpoints.insert(thread, gateway.start().value());
          }
        }
      }
    }
  }

  /// Takes a breakpoint that a thread has reached, and walks from there. The thread is stopped
  /// afterwards and is to be resumed.
  void reached(TracedProcess process, int thread, long address) {
    if (address == process.entry() && entryWatched.contains(process)) {
      breakpoints.remove(thread, address);
      process.mayHaveChanged(thread);
      watch(process, thread);
    }
    if (gateways.getOrDefault(process, Map.of()).containsKey(address)) {
      goOn(process, thread);
    }
  }

  /// Walks on behind a system call that is not followed, in a child that it has made, too.
  void passed(TracedProcess process, int thread) {
    if (walks.containsKey(thread)) {
      goOn(process, thread);
    }
  }

  /// Walks on behind a call whose way back may have gone past the start of the next gateway: what
  /// the caller does with a result and how it sets up its next call is mixed in optimised code.
  void steppedBack(TracedProcess process, int thread, ReturnTrace trace) {
    Map<Long, Gateway> starts = gateways.getOrDefault(process, Map.of());
    if (trace.caller() < 0 || starts.isEmpty() || walks.containsKey(thread)) {
      return;
    }
    Walk walk = null;
    // In the last state the thread still is.
    for (Registers state : trace.states().subList(trace.caller(), trace.states().size() - 1)) {
      Gateway gateway = starts.get(state.instructionPointer());
      if (gateway != null && walk == null) {
        walk = new Walk(gateway);
      }
      if (walk != null) {
        walk.states.add(state);
        if (state.instructionPointer() == walk.gateway.call().value()) {
          walk.called(state, process.memory());
        }
      }
    }
    if (walk != null) {
      walks.put(thread, new ArrayList<>(List.of(walk)));
      goOn(process, thread);
    } else if (starts.containsKey(trace.states().getLast().instructionPointer())) {
      goOn(process, thread);
    }
  }

  /// The states from the innermost gateway to the trap that a thread is at; `null` when it was not
  /// walked. The walk is over.
  @Nullable List<Registers> take(int thread) {
    List<Walk> open = walks.remove(thread);
    return open == null ? null : open.getLast().states;
  }

  /// Why the walk of a thread that is at a trap ended before; `null` when there was none.
  @Nullable String whyLost(int thread) {
    return lost.remove(thread);
  }

  /// Forgets a process that is gone or runs another program.
  void ended(int processId) {
    gateways.keySet().removeIf(each -> each.processId() == processId);
    entryWatched.removeIf(each -> each.processId() == processId);
    awaited.removeIf(each -> each.processId() == processId);
  }

  /// Forgets a thread that is gone or runs another program.
  void forget(int thread) {
    walks.remove(thread);
    lost.remove(thread);
  }

  private void lose(int thread, String why) {
    walks.remove(thread);
    lost.put(thread, why);
  }

  private void goOn(TracedProcess process, int thread) {
    if (!stepping.canStep(thread)) {
      lose(
          thread,
          "on the way the thread blocked or ignored SIGTRAP: stepping it would have changed that");
      return;
    }
    lost.remove(thread);
    Map<Long, Gateway> starts = gateways.getOrDefault(process, Map.of());
    List<Walk> open = walks.computeIfAbsent(thread, each -> new ArrayList<>());
    RemoteMemory memory = process.memory();
    for (int count = 0; ; count++) {
      if (count == MOST) {
        lose(thread, "the library ran more than " + MOST + " instructions before it");
        return;
      }
      Registers state = capture.registers(thread);
      if (state == null) {
        break;
      }
      // Where one call returns to, the set-up of the next one may begin.
      if (!open.isEmpty() && open.getLast().hasReturned(state)) {
        open.removeLast();
      }
      Gateway gateway = starts.get(state.instructionPointer());
      // A library's trap ends the way that began with the call to it.
      if (gateway != null
          && (open.isEmpty()
              || (!gateway.libraryTrap() && !open.getLast().gateway.equals(gateway)))) {
        open.add(new Walk(gateway));
      }
      if (open.isEmpty() || open.size() > DEEPEST) {
        break;
      }
      Walk walk = open.getLast();
      walk.states.add(state);
      if (state.instructionPointer() == walk.gateway.call().value()) {
        walk.called(state, memory);
      }
      if (!decode(state.instructionPointer(), memory)) {
        break;
      }
      if (instruction.flow() == Flow.SYSCALL || instruction.flow() == Flow.INTERRUPT) {
        return;
      }
      StepResult result = stepping.step(thread);
      if (result == StepResult.INTERRUPTED) {
        capture.interrupt(); // the session is to hear of it, too
      }
      if (result == StepResult.SIGNALLED) {
        walk.states.removeLast();
      } else if (result != StepResult.STEPPED) {
        break;
      }
    }
    walks.remove(thread);
  }

  private boolean decode(long address, RemoteMemory memory) {
    int length = memory.read(address, code, 0, code.length);
    return length > 0 && decoder.decode(code, 0, length, address, instruction);
  }
}
