package trapline.linux.ptrace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;
import trapline.linux.sys.Ptrace;
import trapline.linux.sys.Spawn;
import trapline.model.KernelRefused;

/// Starts a program so that it is traced before its first instruction, with no moment in which it
/// runs free and no process of the Java library's making, whose reaper would take its stops.
final class Launcher {
  private final Ptrace ptrace;
  private final Kernel kernel;
  private final LaunchSpec spec;

  Launcher(Ptrace ptrace, LaunchSpec spec) {
    this.ptrace = ptrace;
    this.kernel = ptrace.kernel();
    this.spec = spec;
  }

  /// Starts the program.
  ///
  /// @return the process, stopped at its exec event
  int launch(int options) {
    int process = spawn();
    boolean done = false;
    try {
      int refused = ptrace.request(Numbers.PTRACE_SEIZE, process, 0, options);
      if (refused < 0) {
        throw kernel.refused(
            "ptrace(PTRACE_SEIZE, " + process + ")", refused, PtraceRefusal.hint(process, refused));
      }
      check(ptrace.request(Numbers.PTRACE_INTERRUPT, process, 0, 0), "PTRACE_INTERRUPT");
      awaitStop(process);
      check(ptrace.fetchRegisters(process), "PTRACE_GETREGS");
      ptrace.setRegister(Ptrace.INSTRUCTION_POINTER, Stub.GO);
      ptrace.setRegister(Ptrace.NUMBER, -1); // or the kernel would start pause(2) again
      check(ptrace.storeRegisters(process), "PTRACE_SETREGS");
      runToExec(process);
      done = true;
      return process;
    } finally {
      if (!done) {
        kernel.syscall(Numbers.KILL, process, Numbers.SIGKILL, 0);
        int waited;
        do {
          waited = ptrace.await(process, 0);
        } while (waited == -Numbers.EINTR || (waited > 0 && Status.isStop(ptrace.status())));
      }
    }
  }

  private int spawn() {
    InheritedDescriptors.closeOwn(kernel);
    int file = Stub.open(kernel);
    if (file < 0) {
      throw kernel.refused(
          "memfd_create(\"trapline\")", file, "sysctl vm.memfd_noexec forbids it?");
    }
    try {
      List<String> arguments = new ArrayList<>();
      arguments.add(spec.executable());
      String directory = spec.directory().toString();
      arguments.add(directory.isEmpty() ? "." : directory);
      arguments.addAll(spec.arguments());
      List<String> environment = new ArrayList<>();
      for (Map.Entry<String, String> entry : spec.environment().entrySet()) {
        environment.add(entry.getKey() + "=" + entry.getValue());
      }
      int process =
          Spawn.start(kernel, "/proc/self/fd/" + file, arguments, environment, spec.input());
      if (process < 0) {
        throw kernel.refused("posix_spawn(\"/proc/self/fd/" + file + "\")", process, "");
      }
      return process;
    } finally {
      kernel.close(file);
    }
  }

  private void check(int result, String request) {
    if (result < 0) {
      throw kernel.refused("ptrace(" + request + ")", result, "the program was killed early");
    }
  }

  private int awaitStop(int process) {
    int waited;
    do {
      waited = ptrace.await(process, 0);
    } while (waited == -Numbers.EINTR);
    if (waited < 0) {
      throw kernel.refused("wait4(" + process + ")", waited, "");
    }
    if (!Status.isStop(ptrace.status())) {
      throw new KernelRefused(
          "execve(\"" + spec.executable() + "\")", Numbers.EINTR, "killed before it started");
    }
    return ptrace.status();
  }

  private void runToExec(int process) {
    int signal = 0;
    while (true) {
      check(ptrace.request(Numbers.PTRACE_CONT, process, 0, signal), "PTRACE_CONT");
      int status = awaitStop(process);
      signal = 0;
      if (Status.event(status) == Numbers.PTRACE_EVENT_EXEC) {
        return;
      }
      if (Status.event(status) != 0) {
        continue;
      }
      if (Status.stopSignal(status) == Numbers.SIGTRAP) {
        check(ptrace.fetchRegisters(process), "PTRACE_GETREGS");
        boolean directory = ptrace.register(Ptrace.INSTRUCTION_POINTER) == Stub.CHDIR_FAILED;
        throw kernel.refused(
            directory
                ? "chdir(\"" + spec.directory() + "\")"
                : "execve(\"" + spec.executable() + "\")",
            ptrace.register(Ptrace.RESULT),
            "");
      }
      signal = Status.stopSignal(status);
    }
  }
}
