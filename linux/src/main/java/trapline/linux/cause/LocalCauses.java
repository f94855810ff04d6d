package trapline.linux.cause;

import java.util.List;
import java.util.function.BiConsumer;
import trapline.model.LocalCause;

/// What on this machine made a call fail. Nothing here follows a link that the kernel did not, or
/// opens a file that the program named, except a regular file that could not be executed: its
/// interpreter's name is read.
public final class LocalCauses {
  /// Each looks only at the calls and errors that it knows.
  private static final List<BiConsumer<FailedCall, Findings>> LOOKS =
      List.of(
          PathCause::look,
          RefusalCause::look,
          MountCause::look,
          SocketCause::look,
          DescriptorCause::look,
          LimitCause::look,
          SpaceCause::look,
          LockCause::look,
          ProcessCause::look,
          PrivilegeCause::look);

  private LocalCauses() {}

  /// The causes that were found, the nearest first; none when nothing on this machine explains the
  /// error, or nothing that can be seen.
  ///
  /// @param call its thread must still be stopped at its end
  public static List<LocalCause> of(FailedCall call) {
    Findings findings = new Findings();
    for (BiConsumer<FailedCall, Findings> look : LOOKS) {
      look.accept(call, findings);
    }
    return findings.all();
  }
}
