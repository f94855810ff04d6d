package trapline.linux.cause;

import java.util.Set;
import trapline.linux.proc.ProcFile;
import trapline.linux.proc.Processes;

/// Errors that say something of another process: that it does not exist, or belongs to somebody
/// else.
final class ProcessCause {
  private static final Set<String> NAMING =
      Set.of(
          "kill",
          "tkill",
          "tgkill",
          "ptrace",
          "pidfd_open",
          "process_vm_readv",
          "process_vm_writev",
          "prlimit64",
          "getpgid",
          "getsid",
          "setpgid",
          "sched_setaffinity",
          "sched_getaffinity",
          "sched_setscheduler",
          "sched_getscheduler",
          "sched_setparam",
          "sched_getparam",
          "sched_setattr",
          "sched_getattr",
          "rt_sigqueueinfo",
          "rt_tgsigqueueinfo",
          "move_pages",
          "migrate_pages",
          "kcmp",
          "wait4",
          "waitid",
          "perf_event_open");

  private ProcessCause() {}

  static void look(FailedCall call, Findings findings) {
    switch (call.errno()) {
      case "ECHILD" -> children(call, findings);
      case "ESRCH" -> {
        int target = target(call);
        if (target > 0 && ProcFile.text("/proc/" + target + "/status").isEmpty()) {
          findings.observed("there is no process or thread " + target);
        }
      }
      case "EPERM", "EACCES" -> owner(call, findings);
      default -> {}
    }
  }

  private static int target(FailedCall call) {
    if (!NAMING.contains(call.name()) || !sharesNumbers(call)) {
      return 0;
    }
    long thread = call.argument("tid", -1);
    return (int) (thread > 0 ? thread : call.argument("pid", call.argument("upid", 0)));
  }

  /// Whether the thread numbers processes as this one does.
  private static boolean sharesNumbers(FailedCall call) {
    String own = ProcFile.link("/proc/self/ns/pid");
    return own != null && own.equals(ProcFile.link(call.proc("ns/pid")));
  }

  private static void children(FailedCall call, Findings findings) {
    int wanted = call.name().equals("wait4") ? (int) call.argument("upid", -1) : -1;
    int count = 0;
    for (int process : Processes.all()) {
      String status = ProcFile.text("/proc/" + process + "/status");
      if (ProcFile.number(ProcFile.field(status, "PPid:"), 10, 0) == call.process()) {
        count++;
      }
    }
    if (count == 0) {
      findings.observed("the process has no children");
    } else if (wanted > 0) {
      findings.observed("process " + wanted + " is not a child of this process");
    }
  }

  private static void owner(FailedCall call, Findings findings) {
    int target = target(call);
    String status = target > 0 ? ProcFile.text("/proc/" + target + "/status") : "";
    long user = ProcFile.number(ProcFile.field(status, "Uid:"), 10, -1);
    Subject subject = Subject.of(call.thread());
    if (user >= 0 && user != subject.user()) {
      findings.observed(
          Processes.name(target) + " runs as uid " + user + ", the caller as " + subject.text());
    }
    long tracer = ProcFile.number(ProcFile.field(status, "TracerPid:"), 10, 0);
    if (call.name().equals("ptrace") && tracer > 0) {
      findings.observed(Processes.name(target) + " is traced by process " + tracer + " already");
    }
  }
}
