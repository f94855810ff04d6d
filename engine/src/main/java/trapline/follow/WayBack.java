package trapline.follow;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.journey.JourneyBuilder.ReturnPoint;
import trapline.journey.ReturnTrace;
import trapline.journey.WriteLog;
import trapline.model.Registers;

/// What one thread went through since the end of a call, on its way back to the caller.
final class WayBack {
  private final @Nullable ReturnPoint back;
  private final List<Registers> states = new ArrayList<>();
  private final WriteLog writes = new WriteLog();
  private final Set<String> handled = new LinkedHashSet<>();
  private int caller;
  private int gap;
  private boolean running;

  /// @param exit the registers at the end of the call
  /// @param back where the library returns to; `null` when the program trapped by itself
  WayBack(Registers exit, @Nullable ReturnPoint back) {
    this.back = back;
    states.add(exit);
    caller = back == null ? 0 : -1;
  }

  /// The thread has run an instruction.
  void add(Registers state) {
    states.add(state);
  }

  /// The registers at the end of the call.
  Registers exit() {
    return states.getFirst();
  }

  /// Where the thread is now.
  Registers now() {
    return states.getLast();
  }

  int instructions() {
    return states.size() - 1;
  }

  /// Whether the thread is higher on its stack than at the end of the call: the function that made
  /// it has returned.
  boolean hasLeftWrapper() {
    return Long.compareUnsigned(now().stackPointer(), states.getFirst().stackPointer()) > 0;
  }

  /// Where the library returns to, when the thread has not come there; else `null`.
  @Nullable ReturnPoint ahead() {
    return caller < 0 ? back : null;
  }

  /// The thread runs to its caller now, and what it runs through is not seen.
  void runs() {
    gap = gap == 0 ? states.size() : gap;
    running = true;
  }

  /// Whether the thread was left to run to its caller.
  boolean isRunning() {
    return running;
  }

  /// The thread, which was left to run, is stopped.
  void stopped(Registers state) {
    running = false;
    states.add(state);
  }

  /// How many instructions have run in the caller; -1 before it was reached.
  int inCaller() {
    if (caller < 0 && back != null && isAt(back)) {
      caller = states.size() - 1;
    }
    return caller < 0 ? -1 : states.size() - 1 - caller;
  }

  private boolean isAt(ReturnPoint point) {
    return now().instructionPointer() == point.address().value()
        && Long.compareUnsigned(now().stackPointer(), point.stackPointer()) >= 0;
  }

  /// What the instructions in the caller overwrote.
  WriteLog writes() {
    return writes;
  }

  /// A signal handler runs before the next instruction.
  void interrupted(String signal) {
    handled.add(signal);
    if (caller >= 0) {
      writes.unknown(states.size() - 1);
    }
  }

  /// Whether a handler that returns to these registers returns to this way.
  boolean goesOnAt(Registers registers) {
    return now().instructionPointer() == registers.instructionPointer()
        && now().stackPointer() == registers.stackPointer();
  }

  /// Whether a call at these registers shows that the handler has left this way by a jump: it is
  /// made by the same instruction and in the same frame.
  boolean isLeftBy(Registers entry) {
    Registers exit = states.getFirst();
    return exit.instructionPointer() == entry.instructionPointer()
        && exit.stackPointer() == entry.stackPointer();
  }

  /// The signals whose handlers have run in between, such as `SIGCHLD and SIGALRM`.
  String handled() {
    return String.join(" and ", handled);
  }

  /// @param why it ends here; empty when it went as far as it is followed
  ReturnTrace ended(String why) {
    return new ReturnTrace(states, caller, gap, writes, why);
  }
}
