package trapline.linux.vm;

import java.nio.file.Path;
import java.util.OptionalLong;

/// What a guest's processor did while one call was served: a part of a text file in the format of
/// QEMU's log items `exec,cpu`. For each instruction there is a line `Trace …` and then a block of
/// lines with all registers as they were before it. Only instructions at kernel addresses stand in
/// it. It begins at the function that was entered (`do_syscall_64`). Where the machine was stopped
/// for a look, at that function's first instruction and at that of `syscall_exit_to_user_mode`,
/// QEMU may leave this one instruction out.
///
/// Other threads and interrupts that ran meanwhile are in it too: the call's own thread is the one
/// whose `RSP` is within the kernel stack, as long as it does not stand on one of the processor's
/// interrupt stacks.
///
/// @param file holds the log; [CallWatcher#recorded] has it for its own duration only
/// @param start where the recording begins in it, bytes
/// @param end where it ends, bytes
/// @param stackStart the lowest address of the calling thread's kernel stack
/// @param stackEnd the address behind it
/// @param returnTo the address that the entered function returns to
/// @param result what the call gave, as it stood before signals were looked at, so also
///     `-ERESTARTSYS` (-512) and its like, which no program sees; empty when the thread ended in
///     the call or the recording was cut off
/// @param source how it was made
/// @param note what is missing from it, for the user; empty when it is whole
public record Recording(
    Path file,
    long start,
    long end,
    long stackStart,
    long stackEnd,
    long returnTo,
    OptionalLong result,
    Source source,
    String note) {

  /// How a recording was made.
  public enum Source {
    /// The emulator's own log.
    LOG,
    /// Single steps over the emulator's debugger interface.
    STEPS
  }
}
