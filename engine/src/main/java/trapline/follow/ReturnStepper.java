package trapline.follow;

import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.abi.Signals;
import trapline.capture.Capability;
import trapline.capture.Capture;
import trapline.capture.PendingSignals;
import trapline.capture.StepResult;
import trapline.capture.Stepping;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.X86Decoder;
import trapline.journey.JourneyBuilder.ReturnPoint;
import trapline.journey.ReturnTrace;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// Brings a thread from behind its trap back to its caller, to see what is done with the result.
///
/// What the wrapper does with it (the branch, errno) is in its first instructions, and what the
/// caller does is in the caller's: those are stepped. Between them a library may run thousands; the
/// thread runs through them to its caller at full speed, where that can be done. A signal handler
/// that runs in between is not stepped: the way goes on where the handler returns to.
final class ReturnStepper {
  /// A library that takes longer than this to return is left to run.
  private static final int MOST = 4000;

  /// The same for a process that was attached to, where all of them have to be stepped.
  private static final int MOST_ATTACHED = 1000;

  /// How many instructions are stepped before the thread runs. An error is made errno in these.
  private static final int FIRST = 64;

  /// How far into the caller the result is followed.
  private static final int IN_CALLER = 12;

  private final Capture capture;
  private final @Nullable Stepping stepping;
  private final @Nullable PendingSignals signals;
  private final boolean whole;
  private final int most;
  private final X86Decoder decoder = new X86Decoder();
  private final Instruction instruction = new Instruction();
  private final byte[] code = new byte[X86Decoder.MAX_LENGTH];

  /// @param whole whether every instruction is to be seen
  /// @param attached whether the program ran before
  ReturnStepper(Capture capture, boolean whole, boolean attached) {
    this.capture = capture;
    this.stepping = capture.find(Capability.STEPPING);
    this.signals = capture.find(Capability.SIGNALS);
    this.whole = whole;
    this.most = attached && !whole ? MOST_ATTACHED : MOST;
  }

  /// Steps a thread that is stopped at the exit of a call, or where a signal handler has returned
  /// to its way. Afterwards it is stopped at an instruction that makes no system call of its own by
  /// being stepped over.
  ///
  /// @return `null` when a signal came whose handler runs first, and when the thread runs to its
  ///     caller ([WayBack#isRunning()])
  @Nullable ReturnTrace step(int threadId, WayBack way, RemoteMemory memory) {
    Stepping steps = stepping;
    if (steps == null) {
      return way.ended("what happens behind the trap was not captured");
    }
    if (!steps.canStep(threadId)) {
      return way.ended("the thread blocks or ignores SIGTRAP: stepping it would change that");
    }
    while (true) {
      int caller = way.inCaller();
      if (caller >= IN_CALLER) {
        return way.ended("");
      }
      if (way.instructions() >= most) {
        return way.ended("the library had not returned after " + most + " instructions");
      }
      if (mayRun(way) && runs(steps, threadId, way)) {
        return null;
      }
      if (!decode(way.now().instructionPointer(), memory)) {
        return way.ended("the code at the program counter cannot be read");
      }
      if (leaves(caller)) {
        return way.ended(caller >= 0 ? "" : "the library makes another system call first");
      }
      if (caller >= 0) {
        way.writes().before(way.instructions(), instruction, way.now(), memory);
      }
      StepResult result = steps.step(threadId);
      if (result == StepResult.INTERRUPTED) {
        capture.interrupt(); // the session is to hear of it, too
      }
      if (result == StepResult.SIGNALLED && handlesPending(threadId)) {
        way.interrupted(Signals.name(pending(threadId)));
        return null;
      }
      if (result != StepResult.STEPPED) {
        return way.ended(why(result, threadId));
      }
      Registers next = capture.registers(threadId);
      if (next == null) {
        return way.ended("the thread ended");
      }
      way.add(next);
    }
  }

  /// Whether what the thread runs through from here to its caller need not be seen.
  private boolean mayRun(WayBack way) {
    boolean failed = Errnos.isError(way.exit().result());
    return !whole && way.instructions() > (way.hasLeftWrapper() && !failed ? 0 : FIRST);
  }

  private static boolean runs(Stepping steps, int threadId, WayBack way) {
    ReturnPoint ahead = way.ahead();
    boolean running =
        ahead != null && steps.resumeTo(threadId, ahead.address().value(), ahead.stackPointer());
    if (running) {
      way.runs();
    }
    return running;
  }

  /// Whether stepping must end before this instruction: it traps, or in the caller calls on.
  private boolean leaves(int caller) {
    Flow flow = instruction.flow();
    return switch (flow) {
      case SYSCALL, INTERRUPT, HALT, BAD -> true;
      case CALL, INDIRECT_CALL, RETURN -> caller >= 0;
      default -> false;
    };
  }

  private boolean decode(long address, RemoteMemory memory) {
    int length = memory.read(address, code, 0, code.length);
    if (length == 0) {
      return false;
    }
    decoder.decode(code, 0, length, address, instruction);
    return true;
  }

  private String why(StepResult result, int threadId) {
    String signal = Signals.name(pending(threadId));
    return switch (result) {
      case STEPPED -> "";
      case SIGNALLED -> signal + " arrived";
      case FAULTED, TRAPPED -> "the program's code raised " + signal;
      case EVENT -> "the process runs another program from here on";
      case ENDED -> "the thread ended";
      case INTERRUPTED -> "interrupted";
    };
  }

  /// Whether a thread is on its way to its caller.
  boolean isUnderWay(int threadId) {
    return stepping != null && stepping.isUnderWay(threadId);
  }

  /// Whether the program has a handler for the signal that a thread is stopped for.
  boolean handlesPending(int threadId) {
    return signals != null && signals.handlesPending(threadId);
  }

  private int pending(int threadId) {
    return signals == null ? 0 : signals.pendingSignal(threadId);
  }
}
