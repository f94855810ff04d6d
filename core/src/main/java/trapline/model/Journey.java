package trapline.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One system call's road, as an ordered list of hops.
///
/// @param id number and ABI
/// @param name the call's name; `syscall_0x1ff` when the number has none
/// @param processId the process that made it
/// @param threadId the thread that made it
/// @param command the thread's name
/// @param program what the process runs
/// @param arguments decoded
/// @param outcome how it ended
/// @param nanoseconds from entry to exit as the tracer saw it; -1 when not known
/// @param occurrence how often this call site has made this call so far, from 1
/// @param hops in the order of [HopKind]
/// @param steps the instructions that were executed one by one; empty unless asked for
/// @param diagnostics what could not be established, and is not a hop of its own
public record Journey(
    SyscallId id,
    String name,
    int processId,
    int threadId,
    String command,
    StartedProgram program,
    List<Argument> arguments,
    Outcome outcome,
    long nanoseconds,
    long occurrence,
    KernelFacts kernel,
    List<Hop> hops,
    List<Step> steps,
    List<Diagnostic> diagnostics) {
  public Journey {
    arguments = List.copyOf(arguments);
    hops = List.copyOf(hops);
    steps = List.copyOf(steps);
    diagnostics = List.copyOf(diagnostics);
  }

  /// The hop of a kind.
  ///
  /// @return `null` when there is none
  public @Nullable Hop hop(HopKind kind) {
    for (Hop hop : hops) {
      if (hop.kind() == kind) {
        return hop;
      }
    }
    return null;
  }

  /// The frame that is shown as the user's.
  ///
  /// @return `null` when it is not known
  public @Nullable Frame userFrame() {
    return hop(HopKind.SOURCE_LINE) instanceof Hop.SourceLine line
            && line.user() >= 0
            && line.user() < line.stack().size()
        ? line.frame()
        : null;
  }

  /// The same call with these hops.
  public Journey withHops(List<Hop> others) {
    return new Journey(
        id,
        name,
        processId,
        threadId,
        command,
        program,
        arguments,
        outcome,
        nanoseconds,
        occurrence,
        kernel,
        others,
        steps,
        diagnostics);
  }

  /// The same call with one more hop, in the place that its kind has; one of the same kind goes.
  public Journey withHop(Hop hop) {
    List<Hop> all = new java.util.ArrayList<>(hops);
    all.removeIf(each -> each.kind() == hop.kind());
    int at = all.size();
    while (at > 0 && all.get(at - 1).kind().compareTo(hop.kind()) > 0) {
      at--;
    }
    all.add(at, hop);
    return withHops(all);
  }
}
