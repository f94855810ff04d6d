package trapline.follow;

import trapline.model.Journey;
import trapline.model.Registers;

/// A call that a signal interrupted, and that the kernel may start again, after the handler when
/// there is one. When that does not come about, this is the last that is known of it.
final class InterruptedCall {
  private static final int EINTR = 4;

  final ReturnedCall returned;
  final Journey journey;
  boolean handlerReturned;

  InterruptedCall(ReturnedCall returned, Journey journey) {
    this.returned = returned;
    this.journey = journey;
  }

  String site() {
    return returned.call().arrival().site();
  }

  /// Whether the call has failed with EINTR, as the registers behind the handler show.
  boolean failedAt(Registers registers) {
    Registers exit = returned.departure().registers();
    return registers.result() == -EINTR
        && registers.instructionPointer() == exit.instructionPointer()
        && registers.stackPointer() == exit.stackPointer();
  }
}
