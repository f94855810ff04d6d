package trapline.follow;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.Signals;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.X86Decoder;
import trapline.journey.JourneyBuilder.ReturnPoint;
import trapline.journey.ReturnTrace;
import trapline.journey.WriteLog;
import trapline.linux.ptrace.StepResult;
import trapline.linux.ptrace.Tracer;
import trapline.model.Registers;
import trapline.model.RemoteMemory;

/// Steps a thread from behind its trap back to its caller, to see what is done with the result.
final class ReturnStepper {
  /// A library that takes longer than this to return is left to run.
  private static final int MOST = 4000;

  /// How far into the caller the result is followed.
  private static final int IN_CALLER = 12;

  private final Tracer tracer;
  private final X86Decoder decoder = new X86Decoder();
  private final Instruction instruction = new Instruction();
  private final byte[] code = new byte[X86Decoder.MAX_LENGTH];

  ReturnStepper(Tracer tracer) {
    this.tracer = tracer;
  }

  /// Steps a thread that is stopped at the exit of a call. Afterwards it is stopped at an
  /// instruction that makes no system call of its own by being stepped over.
  ///
  /// @param back where the library returns to; `null` when the program trapped by itself
  ReturnTrace step(int threadId, Registers exit, @Nullable ReturnPoint back, RemoteMemory memory) {
    if (!tracer.canStep(threadId)) {
      return ReturnTrace.of(
          exit, "the thread blocks or ignores SIGTRAP: stepping it would change that");
    }
    List<Registers> states = new ArrayList<>();
    WriteLog writes = new WriteLog();
    states.add(exit);
    Registers state = exit;
    int caller = back == null ? 0 : -1;
    while (true) {
      if (caller < 0 && back != null && reached(state, back)) {
        caller = states.size() - 1;
      }
      if (caller >= 0 && states.size() - caller > IN_CALLER) {
        return new ReturnTrace(states, caller, writes, "");
      }
      if (states.size() > MOST) {
        return new ReturnTrace(
            states, -1, writes, "the library had not returned after " + MOST + " instructions");
      }
      if (!decode(state.rip(), memory)) {
        return new ReturnTrace(
            states, caller, writes, "the code at the program counter cannot be read");
      }
      if (leaves(caller)) {
        return new ReturnTrace(
            states,
            caller,
            writes,
            caller >= 0 ? "" : "the library makes another system call first");
      }
      if (caller >= 0) {
        writes.before(states.size() - 1, instruction, state, memory);
      }
      StepResult result = tracer.step(threadId);
      if (result == StepResult.INTERRUPTED) {
        tracer.interrupt(); // the session is to hear of it, too
      }
      if (result != StepResult.STEPPED) {
        return new ReturnTrace(states, caller, writes, why(result, threadId));
      }
      Registers next = tracer.registers(threadId);
      if (next == null) {
        return new ReturnTrace(states, caller, writes, "the thread ended");
      }
      states.add(next);
      state = next;
    }
  }

  private static boolean reached(Registers state, ReturnPoint back) {
    return state.rip() == back.address().value()
        && Long.compareUnsigned(state.rsp(), back.stackPointer()) >= 0;
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
    String signal = Signals.name(tracer.pendingSignal(threadId));
    return switch (result) {
      case STEPPED -> "";
      case SIGNALLED ->
          tracer.handlesPending(threadId)
              ? signal + " came, and its handler runs first"
              : signal + " came";
      case FAULTED, TRAPPED -> "the program's code raised " + signal;
      case EVENT -> "the process runs another program from here on";
      case ENDED -> "the thread ended";
      case INTERRUPTED -> "interrupted";
    };
  }
}
