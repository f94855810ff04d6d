package trapline.linux.cause;

import java.util.Set;
import trapline.linux.proc.Descriptors;
import trapline.linux.proc.ProcFile;

/// Errors that say that a descriptor is not what the call needs.
final class DescriptorCause {
  private static final int O_ACCMODE = 3;
  private static final int O_WRONLY = 1;
  private static final int O_PATH = 010000000;

  /// Errors that tell of the wrong kind of file.
  private static final Set<String> KINDS =
      Set.of("ENOTSOCK", "ENOTTY", "ESPIPE", "ENOTCONN", "EISCONN", "EISDIR", "ENODEV");

  private DescriptorCause() {}

  static void look(FailedCall call, Findings findings) {
    boolean isBad = call.errno().equals("EBADF");
    if (!isBad && !KINDS.contains(call.errno())) {
      return;
    }
    int descriptor = call.descriptor();
    if (descriptor < 0 && isBad && call.indexOf("fd") >= 0) {
      findings.observed("a descriptor cannot be negative");
      return;
    }
    if (descriptor < 0) {
      return;
    }
    String file = new Descriptors(call.thread()).describe(descriptor);
    if (file == null) {
      if (isBad) {
        findings.observed("descriptor " + descriptor + " is not open");
      }
    } else if (!isBad) {
      boolean isAlone = call.errno().equals("ENOTCONN") && !file.contains("->");
      findings.observed(
          "descriptor "
              + descriptor
              + " is "
              + Shown.name(file)
              + (isAlone ? ", which has no peer" : ""));
    } else {
      direction(call, descriptor, file, findings);
    }
  }

  /// It is open, but not for what the call does.
  private static void direction(FailedCall call, int descriptor, String file, Findings findings) {
    String info = ProcFile.text(call.proc("fdinfo/" + descriptor));
    long flags = ProcFile.number(ProcFile.field(info, "flags:"), 8, -1);
    if (flags < 0) {
      return;
    }
    String way =
        (flags & O_PATH) != 0
            ? "only as a path reference (O_PATH)"
            : switch ((int) flags & O_ACCMODE) {
              case 0 -> "only for reading";
              case O_WRONLY -> "only for writing";
              default -> "";
            };
    if (!way.isEmpty()) {
      findings.observed("descriptor " + descriptor + ", " + Shown.name(file) + ", is open " + way);
    }
  }
}
