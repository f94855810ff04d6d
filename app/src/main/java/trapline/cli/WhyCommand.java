package trapline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import trapline.abi.Signals;
import trapline.decode.ArgumentDecoder;
import trapline.decode.Limits;
import trapline.follow.FailureSession;
import trapline.follow.FailureSession.Failure;
import trapline.follow.SourceFiles;
import trapline.journey.JourneyBuilder;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.LiveKernel;
import trapline.linux.ptrace.Tracer;
import trapline.model.Explanation;
import trapline.report.JsonReport;
import trapline.report.Style;
import trapline.report.WhyReport;

/// `trapline why`.
final class WhyCommand implements Callable<Integer> {
  /// More failed calls than this are shown only when they are asked for.
  private static final int MOST = 20;

  private final TraplineCommand root;
  private final CommandSpec spec;

  WhyCommand(TraplineCommand root) {
    this.root = root;
    this.spec = describe();
  }

  CommandSpec spec() {
    return spec;
  }

  private CommandSpec describe() {
    CommandSpec described = CommandSpec.wrapWithoutInspection(this);
    described.usageMessage().sortOptions(false);
    described.addOption(RunOptions.calls("Explain only these calls (bind,openat)."));
    described.addOption(
        OptionSpec.builder("--nth")
            .paramLabel("N")
            .type(Integer.class)
            .description("Explain only the Nth failed call, of those that --call names.")
            .build());
    described.addOption(
        TraplineCommand.flag(
            "--all", "Explain every call that failed, not only the last " + MOST + "."));
    described.addOption(
        TraplineCommand.flag(
            "--startup", "Explain what fails while the dynamic linker starts the program, too."));
    ObservationOptions.addTo(described, "auto");
    described.addOption(
        TraplineCommand.flag("--json", "Print one JSON object a failed call (docs/FORMATS.md)."));
    RunOptions.addTo(described);
    return TraplineCommand.named(
        described, "why", "Says which kernel function made a program's calls fail, and why.");
  }

  @Override
  public Integer call() {
    ParseResult typed = spec.commandLine().getParseResult();
    List<String> command = typed.matchedPositionalValue(0, List.<String>of());
    if (command.isEmpty()) {
      throw usage("name a program to run; trapline why --help");
    }
    int nth = typed.matchedOptionValue("--nth", 0);
    if (typed.hasMatchedOption("--nth") && nth < 1) {
      throw usage("--nth takes a number from 1 up");
    }
    int limit = typed.matchedOptionValue("-s", 64);
    if (limit < 0) {
      throw usage("-s takes a number from 0 up");
    }
    Set<String> calls = CallNames.check(typed.matchedOptionValue("--call", List.<String>of()));
    ObservationOptions observation = ObservationOptions.of(typed, "auto");
    try (Interruption interruption = new Interruption();
        Output file = RunOptions.open(typed.matchedOptionValue("-o", (Path) null));
        ProgramFile program = ProgramFile.find(command.getFirst(), root.err());
        KernelObservation kernel =
            KernelObservation.prepare(observation, root.err(), interruption)) {
      FailureSession.Result run = run(program, command, kernel, typed, limit, interruption);
      if (run.interrupted() || interruption.came()) {
        root.err().println("trapline: interrupted");
        return ExitStatus.INTERRUPTED;
      }
      return explain(run, calls, nth, typed, kernel, interruption, file, program, command);
    }
  }

  private FailureSession.Result run(
      ProgramFile program,
      List<String> command,
      KernelObservation kernel,
      ParseResult typed,
      int limit,
      Interruption interruption) {
    LiveKernel running = LiveKernel.whenAsked();
    JourneyBuilder builder =
        new JourneyBuilder(
            KernelChoice.choose(null, running, root.err()),
            new ArgumentDecoder(),
            new SourceFiles());
    ObjectFiles objects = new ObjectFiles(typed.matchedOptionValue("--debug-dir", List.<Path>of()));
    try (Tracer tracer = interruption.guard(Tracee.launch(program, command))) {
      return new FailureSession(
              tracer,
              builder,
              objects,
              Limits.DEFAULT.withStringLength(limit),
              kernel.notes(),
              interruption::comes)
          .run();
    }
  }

  private int explain(
      FailureSession.Result run,
      Set<String> calls,
      int nth,
      ParseResult typed,
      KernelObservation kernel,
      Interruption interruption,
      @Nullable Output file,
      ProgramFile program,
      List<String> command) {
    PrintStream err = root.err();
    if (run.signal() != 0) {
      err.println(
          "trapline: " + command.getFirst() + " was ended by " + Signals.name(run.signal()));
    }
    boolean startup = typed.hasMatchedOption("--startup");
    List<Failure> chosen = new ArrayList<>();
    int leftOut = 0;
    for (Failure failure : run.failures()) {
      if (!calls.isEmpty() && !calls.contains(failure.journey().name())) {
        continue;
      }
      if (failure.startup() && !startup) {
        leftOut++;
      } else {
        chosen.add(failure);
      }
    }
    if (nth > 0) {
      chosen = nth <= chosen.size() ? List.of(chosen.get(nth - 1)) : List.of();
    }
    if (chosen.isEmpty()) {
      err.println("trapline: " + nothing(run, calls, nth, leftOut, command.getFirst()));
      return ExitStatus.NOT_SEEN;
    }
    int all = chosen.size();
    if (all > MOST && !typed.hasMatchedOption("--all")) {
      chosen = chosen.subList(all - MOST, all);
    }
    List<Explanation> explanations = kernel.explain(chosen, program.executable(), command);
    if (interruption.came()) {
      explanations.removeIf(explanation -> explanation.run() == null);
    }
    Output out = file == null ? root.out() : file;
    boolean json = typed.hasMatchedOption("--json");
    Style style =
        Terminal.style(
            typed.hasMatchedOption("--ascii"), !json && file == null && Terminal.isTerminal(1));
    if (json) {
      explanations.forEach(explanation -> out.print(JsonReport.render(explanation)));
    } else {
      out.print(WhyReport.render(explanations, style));
    }
    out.deliver();
    if (interruption.came()) {
      err.println("trapline: interrupted");
      return ExitStatus.INTERRUPTED;
    }
    if (all > chosen.size()) {
      err.println(
          "trapline: " + (all - chosen.size()) + " calls failed before; --all explains them, too");
    }
    if (leftOut > 0 && !json) {
      err.println(
          "trapline: "
              + leftOut
              + (leftOut == 1 ? " call" : " calls")
              + " failed before the program's own code; --startup explains them, too");
    }
    kernel.tell(err);
    return kernel.observed() ? ExitStatus.DONE : ExitStatus.NOT_OBSERVED;
  }

  private static String nothing(
      FailureSession.Result run, Set<String> calls, int nth, int leftOut, String program) {
    StringBuilder line = new StringBuilder();
    if (nth > 0) {
      line.append("there is no failed call number ").append(nth);
    } else if (calls.isEmpty()) {
      line.append("none of the ").append(run.calls()).append(" calls of ").append(program);
      line.append(" failed");
    } else {
      line.append("no call of ").append(String.join(" or ", calls)).append(" failed");
      for (String call : calls) {
        if (!run.seen().contains(call)) {
          line.append("; ").append(program).append(" did not make ").append(call);
          line.append(" (what the C library answers by itself is no call)");
        }
      }
    }
    if (leftOut > 0) {
      line.append(" after the start; ").append(leftOut);
      line.append(" failed before the program's own code: --startup explains them");
    }
    return line.toString();
  }

  private static CommandFailure usage(String message) {
    return new CommandFailure(ExitStatus.USAGE, message);
  }
}
