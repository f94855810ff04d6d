package trapline.linux.vm;

import java.time.Duration;
import java.util.List;

/// How a guest's program ended.
///
/// @param waitStatus as wait(2) gives it
/// @param output what the program wrote to its standard output, cut at [Guest#OUTPUT_LIMIT] bytes
/// @param errors the same for its standard error
/// @param release of the guest's kernel, as `uname -r` says it
/// @param emulator such as `QEMU 7.2.22, emulation`
/// @param untilReady from the start of QEMU until the program could be started
/// @param total until QEMU had ended
/// @param notes what the user should know, such as files that could not be brought along
@SuppressWarnings("ArrayRecordComponent") // nobody compares results
public record GuestResult(
    int waitStatus,
    byte[] output,
    byte[] errors,
    String release,
    String emulator,
    Duration untilReady,
    Duration total,
    List<String> notes) {
  public GuestResult {
    notes = List.copyOf(notes);
  }

  /// The exit status, or -1 when a signal ended it.
  public int exitStatus() {
    return signal() == 0 ? (waitStatus >> 8) & 0xff : -1;
  }

  /// The signal that ended it, or 0.
  public int signal() {
    return waitStatus & 0x7f;
  }
}
