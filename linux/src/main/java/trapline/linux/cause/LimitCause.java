package trapline.linux.cause;

import java.io.File;
import java.util.Set;
import trapline.linux.proc.ProcFile;
import trapline.linux.proc.Processes;

/// Errors of limits: which one, its value, and how much of it is used (getrlimit(2), proc(5)).
final class LimitCause {
  private static final Set<String> NEW_TASKS = Set.of("clone", "clone3", "fork", "vfork", "execve");
  private static final Set<String> MAPPINGS =
      Set.of("mmap", "mremap", "brk", "mprotect", "madvise", "shmat", "remap_file_pages");
  private static final Set<String> LOCKS = Set.of("mlock", "mlock2", "mlockall", "shmctl");

  private LimitCause() {}

  static void look(FailedCall call, Findings findings) {
    switch (call.errno()) {
      case "EMFILE" -> openFiles(call, findings);
      case "ENFILE" ->
          findings.observed(
              "open files of the whole machine (file-nr: used, free, maximum): "
                  + ProcFile.text("/proc/sys/fs/file-nr").replace('\t', ' '));
      case "EAGAIN" -> {
        if (NEW_TASKS.contains(call.name())) {
          tasks(call, findings);
        } else if (LOCKS.contains(call.name()) || call.name().equals("mmap")) {
          locked(call, findings);
        }
      }
      case "EPERM" -> {
        if (LOCKS.contains(call.name())) {
          locked(call, findings);
        } else if (call.name().equals("prlimit64") || call.name().equals("setrlimit")) {
          hardLimit(call, findings);
        }
      }
      case "ENOMEM" -> memory(call, findings);
      case "EFBIG" -> limit(call, "Max file size", "RLIMIT_FSIZE", " bytes", "", findings);
      case "E2BIG" -> {
        if (call.name().startsWith("execve")) {
          limit(
              call,
              "Max stack size",
              "RLIMIT_STACK",
              " bytes",
              "arguments and environment may take a quarter of the stack, and a string 128 KiB; ",
              findings);
        }
      }
      default -> {}
    }
  }

  private static void openFiles(FailedCall call, Findings findings) {
    if (call.name().startsWith("inotify_init")) {
      sysctl("fs.inotify.max_user_instances", "inotify instances per user", findings);
      return;
    }
    String[] open = new File(call.proc("fd")).list();
    limit(
        call,
        "Max open files",
        "RLIMIT_NOFILE",
        "",
        open == null ? "" : open.length + " descriptors are open; ",
        findings);
  }

  private static void tasks(FailedCall call, Findings findings) {
    Subject subject = Subject.of(call.thread());
    long user = ProcFile.number(ProcFile.field(ProcFile.text(call.proc("status")), "Uid:"), 10, -1);
    int threads = 0;
    for (int process : Processes.all()) {
      String status = ProcFile.text("/proc/" + process + "/status");
      if (ProcFile.number(ProcFile.field(status, "Uid:"), 10, -2) == user) {
        threads += (int) ProcFile.number(ProcFile.field(status, "Threads:"), 10, 0);
      }
    }
    String used = "uid " + user + " has " + threads + " threads; ";
    boolean isPrivileged = user == 0 || subject.has(21) || subject.has(24);
    if (!isPrivileged) {
      limit(call, "Max processes", "RLIMIT_NPROC", "", used, findings);
    }
    ControlGroup.limit(call.thread(), "pids", "threads", findings);
  }

  private static void locked(FailedCall call, Findings findings) {
    String status = ProcFile.text(call.proc("status"));
    limit(
        call,
        "Max locked memory",
        "RLIMIT_MEMLOCK",
        " bytes",
        ProcFile.field(status, "VmLck:") + " are locked; ",
        findings);
  }

  private static void memory(FailedCall call, Findings findings) {
    if (LOCKS.contains(call.name())) {
      locked(call, findings);
      return;
    }
    if (!MAPPINGS.contains(call.name())) {
      return;
    }
    String status = ProcFile.text(call.proc("status"));
    limit(
        call,
        "Max address space",
        "RLIMIT_AS",
        " bytes",
        ProcFile.field(status, "VmSize:") + " are mapped; ",
        findings);
    limit(
        call,
        "Max data size",
        "RLIMIT_DATA",
        " bytes",
        ProcFile.field(status, "VmData:") + " are data; ",
        findings);
    byte[] maps = ProcFile.bytes(call.proc("maps"));
    long most = ProcFile.number(ProcFile.text("/proc/sys/vm/max_map_count"), 10, 0);
    if (maps != null && most > 0) {
      long lines = 0;
      for (byte each : maps) {
        lines += each == '\n' ? 1 : 0;
      }
      if (lines + 1 >= most) {
        findings.observed("the process has " + lines + " mappings; vm.max_map_count is " + most);
      }
    }
    if (ProcFile.text("/proc/sys/vm/overcommit_memory").equals("2")) {
      String info = ProcFile.text("/proc/meminfo");
      findings.observed(
          "vm.overcommit_memory is 2: "
              + ProcFile.field(info, "Committed_AS:")
              + " are committed of "
              + ProcFile.field(info, "CommitLimit:"));
    }
  }

  private static void hardLimit(FailedCall call, Findings findings) {
    if (!Subject.of(call.thread()).has(24)) {
      findings.observed("without CAP_SYS_RESOURCE no hard limit can be raised");
    }
  }

  /// A soft limit of the process, when there is one.
  private static void limit(
      FailedCall call, String row, String name, String unit, String used, Findings findings) {
    String soft = ProcFile.field(ProcFile.text(call.proc("limits")), row);
    int end = soft.indexOf(' ');
    String value = end < 0 ? soft : soft.substring(0, end);
    if (!value.isEmpty() && !value.equals("unlimited")) {
      findings.observed(used + name + " is " + value + unit);
    }
  }

  static void sysctl(String name, String what, Findings findings) {
    String value = ProcFile.text("/proc/sys/" + name.replace('.', '/'));
    if (!value.isEmpty()) {
      findings.observed(what + ": " + name + " is " + value);
    }
  }
}
