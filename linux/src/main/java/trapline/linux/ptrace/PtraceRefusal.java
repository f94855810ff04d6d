package trapline.linux.ptrace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.linux.sys.Numbers;

/// Why the kernel refuses to let a process be traced, as far as `/proc` tells (ptrace(2), "Ptrace
/// access mode checking").
final class PtraceRefusal {
  private PtraceRefusal() {}

  /// The likely reason with its remedy; empty when nothing more is known.
  ///
  /// @param result the negative error number
  static String hint(int process, int result) {
    if (result == -Numbers.ESRCH) {
      return "no such process";
    }
    if (result != -Numbers.EPERM) {
      return "";
    }
    if (process == ProcessHandle.current().pid()) {
      return "a process cannot trace its own threads";
    }
    String status = read("/proc/" + process + "/status");
    if (field(status, "State:").startsWith("Z")) {
      return "it has ended; its parent has not waited for it";
    }
    String tracer = field(status, "TracerPid:");
    if (!tracer.isEmpty() && !tracer.equals("0")) {
      return "process " + tracer + " traces it already";
    }
    if (field(status, "Kthread:").equals("1")) {
      return "it is a kernel thread";
    }
    String own = read("/proc/self/status");
    String owner = field(status, "Uid:");
    String user = field(own, "Uid:");
    if (!owner.isEmpty() && !owner.equals(user) && !user.startsWith("0\t")) {
      return "it belongs to user " + firstWord(owner) + ": run as that user or as root";
    }
    String scope =
        switch (read("/proc/sys/kernel/yama/ptrace_scope").strip()) {
          case "1" ->
              "kernel.yama.ptrace_scope is 1: only children may be traced; run as root, or"
                  + " sysctl kernel.yama.ptrace_scope=0";
          case "2" ->
              "kernel.yama.ptrace_scope is 2: run as root, or sysctl kernel.yama.ptrace_scope=0";
          case "3" -> "kernel.yama.ptrace_scope is 3: no process may be traced until the next boot";
          default -> "";
        };
    if (!scope.isEmpty()) {
      return scope;
    }
    if (field(own, "Seccomp:").equals("2")) {
      return "a seccomp filter on this process may forbid ptrace, as in a container: start the"
          + " container with --cap-add=SYS_PTRACE";
    }
    return "it is not dumpable, or a container or security module forbids it; root with"
        + " CAP_SYS_PTRACE may";
  }

  private static String firstWord(String text) {
    int end = text.indexOf('\t');
    return end < 0 ? text : text.substring(0, end);
  }

  private static String field(String status, String name) {
    for (String line : status.split("\n", -1)) {
      if (line.startsWith(name)) {
        return line.substring(name.length()).strip();
      }
    }
    return "";
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }
}
