package trapline.run;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.linux.ptrace.LaunchSpec;
import trapline.linux.ptrace.Tracer;
import trapline.model.KernelRefused;

/// Starts a program under trace, or takes over a running process, and says why that did not work.
public final class Tracee {
  private static final int EACCES = 13;
  private static final int EPERM = 1;
  private static final int ESRCH = 3;

  private Tracee() {}

  /// Starts a program in this process' working directory, with the caller's environment.
  ///
  /// @param command what the program finds in `argv`
  /// @throws RunException when it cannot be started or traced
  public static Tracer launch(ProgramFile program, List<String> command) {
    return launch(program, command, null);
  }

  /// The same.
  ///
  /// @param input its standard input, its output going nowhere; `null` for this process' streams
  public static Tracer launch(ProgramFile program, List<String> command, @Nullable Path input) {
    try {
      return Tracer.launch(
          new LaunchSpec(
              program.started(),
              program.arguments(command),
              CallerEnvironment.exact(),
              Path.of(""),
              input));
    } catch (KernelRefused e) {
      throw refused(command.getFirst(), e);
    }
  }

  /// @throws RunException when there is no such process or it may not be traced
  public static Tracer attach(int processId) {
    try {
      return Tracer.attach(processId);
    } catch (KernelRefused e) {
      if (e.errno() == ESRCH) {
        throw new RunException(
            RunException.Problem.NOT_STARTED, "-p " + processId + ": no such process");
      }
      throw refused("process " + processId, e);
    }
  }

  private static RunException refused(String what, KernelRefused e) {
    boolean tracing = e.call().startsWith("ptrace");
    boolean denied = e.errno() == EPERM || e.errno() == EACCES;
    String advice = tracing && denied ? "; trapline doctor says what it needs" : "";
    return new RunException(
        tracing ? RunException.Problem.REFUSED : RunException.Problem.NOT_STARTED,
        what + ": " + e.getMessage() + advice);
  }
}
