package trapline.linux.cause;

import trapline.linux.proc.ProcFile;

/// The limits of a thread's control group and those above it (cgroups(7), version 2).
final class ControlGroup {
  private static final String ROOT = "/sys/fs/cgroup";
  private static final int DEEPEST = 64;

  private ControlGroup() {}

  /// The nearest limit that is used up.
  ///
  /// @param controller such as `pids`
  static void limit(int thread, String controller, String what, Findings findings) {
    String group = ProcFile.field(ProcFile.text("/proc/" + thread + "/cgroup"), "0::");
    if (group.contains("..")) {
      return; // outside of what this process sees
    }
    for (int i = 0; i < DEEPEST && group.length() > 1; i++) {
      String most = ProcFile.text(ROOT + group + "/" + controller + ".max");
      String used = ProcFile.text(ROOT + group + "/" + controller + ".current");
      long limit = ProcFile.number(most, 10, Long.MAX_VALUE);
      if (!used.isEmpty() && ProcFile.number(used, 10, 0) >= limit) {
        findings.observed(
            "the control group " + group + " has " + used + " " + what + ", " + most + " at most");
        return;
      }
      group = group.substring(0, group.lastIndexOf('/'));
    }
  }
}
