package trapline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import trapline.abi.Signals;
import trapline.decode.ArgumentDecoder;
import trapline.decode.Limits;
import trapline.follow.FailureSession;
import trapline.follow.SourceFiles;
import trapline.journey.JourneyBuilder;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.objects.SourceFileSearch;
import trapline.linux.proc.LiveKernel;
import trapline.linux.ptrace.Tracer;
import trapline.model.Explanation;
import trapline.report.JsonReport;
import trapline.report.Style;
import trapline.report.WhyReport;
import trapline.why.Explanations;
import trapline.why.LiveObserver;

/// `trapline why`.
final class WhyCommand implements Callable<Integer> {
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
            "--all",
            "Explain every call that failed, not only the last " + FailureChoice.MOST + "."));
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
    int limit = typed.matchedOptionValue("-s", 64);
    if (limit < 0) {
      throw usage("-s takes a number from 0 up");
    }
    FailureChoice choice = choice(typed);
    ObservationOptions observation = ObservationOptions.of(typed, "auto");
    try (Interruption interruption = new Interruption();
        Output file = RunOptions.open(typed.matchedOptionValue("-o", (Path) null));
        ProgramFile program =
            ProgramFile.find(
                command.getFirst(),
                LibcOption.of(typed.matchedOptionValue("--libc", (String) null)),
                root.err());
        KernelObservation kernel =
            KernelObservation.prepare(observation, root.err(), interruption, true)) {
      DebugInstall.before(typed, program.file(), root.err());
      FailureSession.Result run = run(program, command, kernel, typed, limit, interruption, null);
      if (run.interrupted() || interruption.came()) {
        showUnexplained(choice.of(run).failures(), typed, file);
        root.err().println("trapline: interrupted");
        return ExitStatus.INTERRUPTED;
      }
      return explain(run, choice, typed, kernel, interruption, file, program, command);
    }
  }

  private static FailureChoice choice(ParseResult typed) {
    int nth = typed.matchedOptionValue("--nth", 0);
    if (typed.hasMatchedOption("--nth") && nth < 1) {
      throw usage("--nth takes a number from 1 up");
    }
    return new FailureChoice(
        CallNames.check(typed.matchedOptionValue("--call", List.<String>of())),
        nth,
        typed.hasMatchedOption("--startup"),
        typed.hasMatchedOption("--all"));
  }

  private FailureSession.Result run(
      ProgramFile program,
      List<String> command,
      KernelObservation kernel,
      ParseResult typed,
      int limit,
      Interruption interruption,
      @Nullable LiveObserver again) {
    LiveKernel running = LiveKernel.whenAsked();
    DebuginfodClient debuginfod = FetchProgress.client(root.err(), interruption);
    JourneyBuilder builder =
        new JourneyBuilder(
            KernelChoice.choose(null, running, root.err()),
            new ArgumentDecoder(),
            new SourceFiles(new SourceFileSearch(debuginfod)),
            RunOptions.ownCode(typed));
    ObjectFiles objects =
        new ObjectFiles(typed.matchedOptionValue("--debug-dir", List.<Path>of()), debuginfod);
    try (Tracer tracer =
        interruption.guard(
            again == null
                ? Tracee.launch(program, command)
                : Tracee.launch(program, command, kernel.inputAgain()))) {
      if (again == null) {
        kernel.begin(tracer);
      } else {
        again.begin(tracer);
      }
      return new FailureSession(
              tracer,
              builder,
              objects,
              Limits.DEFAULT.withStringLength(limit),
              again == null ? kernel.notes() : kernel.notesAgain(),
              again == null ? kernel.watch() : again,
              interruption::comes)
          .run();
    }
  }

  private int explain(
      FailureSession.Result run,
      FailureChoice choice,
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
    FailureChoice.Chosen chosen = choice.of(run);
    if (chosen.failures().isEmpty()) {
      if (chosen.folded().isEmpty()) {
        err.println("trapline: " + choice.nothing(run, chosen.atStart(), command.getFirst()));
      }
      chosen.folded().forEach(line -> err.println("trapline: " + line));
      return ExitStatus.NOT_SEEN;
    }
    List<Explanation> explanations =
        kernel.explain(
            chosen.failures(),
            program.executable(),
            program.arguments(command),
            again ->
                run(
                        program,
                        command,
                        kernel,
                        typed,
                        typed.matchedOptionValue("-s", 64),
                        interruption,
                        again)
                    .failures());
    if (interruption.came()) {
      explanations.removeIf(explanation -> explanation.run() == null);
    }
    boolean json = typed.hasMatchedOption("--json");
    show(explanations, json, typed.hasMatchedOption("--ascii"), file);
    if (interruption.came()) {
      err.println("trapline: interrupted");
      return ExitStatus.INTERRUPTED;
    }
    if (!chosen.gaveUp().isEmpty() && chosen.failures().size() > 1) {
      err.println(
          "trapline: the program gave up after the call that is explained first: "
              + chosen.gaveUp()
              + " (inferred)");
    }
    chosen.folded().forEach(line -> err.println("trapline: " + line));
    if (chosen.before() > 0) {
      err.println(
          "trapline: " + calls(chosen.before()) + " failed before; --all explains them, too");
    }
    if (chosen.atStart() > 0 && !json) {
      err.println(
          "trapline: "
              + calls(chosen.atStart())
              + " failed before the program's own code; --startup explains them, too");
    }
    kernel.tell(err);
    return kernel.observed() ? ExitStatus.DONE : ExitStatus.NOT_OBSERVED;
  }

  /// What failed until the run was interrupted.
  private void showUnexplained(
      List<FailureSession.Failure> failures, ParseResult typed, @Nullable Output file) {
    List<Explanation> explanations = new ArrayList<>();
    for (FailureSession.Failure failure : failures) {
      explanations.add(
          Explanations.unobserved(
              failure,
              "The kernel was not observed, as the run was interrupted: it is looked at once the"
                  + " program has ended, by itself or by timeout(1) before it."));
    }
    show(explanations, typed.hasMatchedOption("--json"), typed.hasMatchedOption("--ascii"), file);
  }

  private void show(
      List<Explanation> explanations, boolean json, boolean ascii, @Nullable Output file) {
    Output out = file == null ? root.out() : file;
    if (json) {
      explanations.forEach(explanation -> out.rendered(JsonReport.render(explanation)));
    } else {
      Style style = Terminal.style(ascii, file == null && Terminal.isTerminal(1));
      out.rendered(WhyReport.render(explanations, style));
    }
    out.deliver();
  }

  private static String calls(int count) {
    return count + (count == 1 ? " call" : " calls");
  }

  private static CommandFailure usage(String message) {
    return new CommandFailure(ExitStatus.USAGE, message);
  }
}
