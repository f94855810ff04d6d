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
import trapline.follow.FailureSession;
import trapline.follow.OpenLines;
import trapline.model.Explanation;
import trapline.report.JsonReport;
import trapline.report.Numbers;
import trapline.report.Style;
import trapline.report.WhyReport;
import trapline.run.KernelObservation;
import trapline.run.Notices;
import trapline.run.ObservationChoice;
import trapline.run.ProgramFile;
import trapline.why.Explanations;
import trapline.why.FailureChoice;

/// `trapline why`.
final class WhyCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;
  private final OpenLines openLines = new OpenLines();
  private final PrintStream err;

  WhyCommand(TraplineCommand root) {
    this.root = root;
    this.err = FreshLine.of(root.err(), openLines.watch(2));
    this.spec = describe();
  }

  CommandSpec spec() {
    return spec;
  }

  private CommandSpec describe() {
    CommandSpec described = CommandObjects.spec(this);
    described.usageMessage().sortOptions(false);
    RunOptions.addCalls(described, "Explain only these calls (bind,openat).");
    described.addOption(
        OptionSpec.builder("--nth")
            .paramLabel("N")
            .type(Integer.class)
            .description("Explain only the Nth failed call, of those that --call names.")
            .build());
    described.addOption(
        TraplineCommand.flag(
            "--all",
            "Explain every call that failed, look-ups of files too, not only the last "
                + FailureChoice.MOST
                + "."));
    described.addOption(
        TraplineCommand.flag(
            "--startup", "Explain what fails while the dynamic linker starts the program, too."));
    described.addOption(
        OptionSpec.builder("-p", "--pid")
            .paramLabel("PID")
            .type(Integer.class)
            .description(
                "Explain what fails in a running process: until it ends, until Ctrl-C, or, with"
                    + " --nth, until the Nth failed call. The process goes on.")
            .build());
    ObservationOptions.addTo(described, "auto");
    described.addOption(
        TraplineCommand.flag("--json", "Print one JSON object per failed call (docs/FORMATS.md)."));
    RunOptions.addTo(described);
    return TraplineCommand.named(
        described, "why", "Says which kernel function made a program's calls fail, and why.");
  }

  @Override
  public Integer call() {
    ParseResult typed = spec.commandLine().getParseResult();
    List<String> command = typed.matchedPositionalValue(0, List.<String>of());
    int process = process(typed, command);
    int limit = typed.matchedOptionValue("-s", 64);
    if (limit < 0) {
      throw usage("-s takes a number of 0 or more");
    }
    FailureChoice choice = choice(typed);
    openLines.watch(1);
    Notices notices = new TerminalNotices(err);
    ObservationChoice observation = ObservationOptions.of(typed, "auto");
    try (Interruption interruption = new Interruption();
        Output file = RunOptions.open(typed.matchedOptionValue("-o", (Path) null));
        ProgramFile program =
            process > 0
                ? null
                : ProgramFile.find(
                    command.getFirst(),
                    LibcOption.of(typed.matchedOptionValue("--libc", (String) null)),
                    notices);
        KernelObservation kernel =
            process > 0
                ? KernelObservation.prepareAttached(observation, notices, interruption::comes)
                : KernelObservation.prepare(observation, notices, interruption::comes, true)) {
      if (program == null) {
        DebugInstall.before(typed, process, err);
      } else {
        DebugInstall.before(typed, program.file(), err);
      }
      FailureRun run =
          new FailureRun(
              program, command, process, choice, typed, kernel, interruption, openLines, err);
      FailureSession.Result result = run.run();
      boolean isCut = result.interrupted() || interruption.came();
      if (isCut && process == 0) {
        showUnexplained(choice.of(result).failures(), typed, file);
        err.println("trapline: interrupted");
        return ExitStatus.INTERRUPTED;
      }
      int status = explain(run, result, isCut, file);
      if (isCut) {
        err.println("trapline: interrupted");
        return ExitStatus.INTERRUPTED;
      }
      return status;
    }
  }

  /// The process of `-p`; 0 when a program is to be run.
  private static int process(ParseResult typed, List<String> command) {
    int process = typed.matchedOptionValue("-p", 0);
    if (!typed.hasMatchedOption("-p")) {
      if (command.isEmpty()) {
        throw usage("name a program to run, or a process with -p; trapline why --help");
      }
      return 0;
    }
    if (process <= 0) {
      throw usage("-p " + process + ": a process id is a number of 1 or more");
    }
    if (!command.isEmpty()) {
      throw usage("either a program or -p, not both");
    }
    if (typed.hasMatchedOption("--libc")) {
      throw usage("--libc is for programs that are started; process " + process + " runs already");
    }
    boolean needsGuest =
        "vm".equals(RenamedOptions.value(typed, "--observe", ""))
            || RenamedOptions.has(typed, "--guest-kernel")
            || RenamedOptions.has(typed, "--guest-file");
    if (needsGuest) {
      throw usage("a guest runs a program once more, which cannot be done with a running process");
    }
    return process;
  }

  private static FailureChoice choice(ParseResult typed) {
    int nth = typed.matchedOptionValue("--nth", 0);
    if (typed.hasMatchedOption("--nth") && nth < 1) {
      throw usage("--nth takes a number of 1 or more");
    }
    return new FailureChoice(
        CallNames.check(RunOptions.calls(typed)),
        nth,
        typed.hasMatchedOption("--startup"),
        typed.hasMatchedOption("--all"));
  }

  /// @param isCut whether the user has seen enough of a process that goes on
  private int explain(
      FailureRun run, FailureSession.Result result, boolean isCut, @Nullable Output file) {
    if (result.signal() != 0) {
      err.println("trapline: " + run.name() + " was ended by " + Signals.name(result.signal()));
    }
    if (result.left() > 0) {
      err.println(
          "trapline: "
              + Numbers.count(result.left())
              + " more calls failed, and are left out: of one place at most "
              + FailureSession.LOOKS
              + " different ones are kept, in all "
              + Numbers.count(FailureSession.MOST_PLACES));
    }
    FailureChoice.Chosen chosen = run.choice().of(result);
    if (chosen.failures().isEmpty()) {
      if (chosen.folded().isEmpty()) {
        err.println("trapline: " + run.choice().nothing(result, chosen.atStart(), run.name()));
      }
      chosen.folded().forEach(line -> err.println("trapline: " + line));
      return ExitStatus.NOT_SEEN;
    }
    List<Explanation> explanations = run.explain(chosen.failures());
    boolean wasInterrupted = !isCut && run.interruption().came();
    if (wasInterrupted) {
      explanations.removeIf(explanation -> explanation.run() == null);
    }
    boolean json = run.typed().hasMatchedOption("--json");
    show(explanations, json, run.typed().hasMatchedOption("--ascii"), file);
    if (wasInterrupted) {
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
    run.kernel().tell(new TerminalNotices(err));
    return run.kernel().observed() ? ExitStatus.DONE : ExitStatus.NOT_OBSERVED;
  }

  /// What failed until the run was interrupted.
  private void showUnexplained(
      List<FailureSession.Failure> failures, ParseResult typed, @Nullable Output file) {
    List<Explanation> explanations = new ArrayList<>();
    for (FailureSession.Failure failure : failures) {
      explanations.add(
          Explanations.unobserved(
              failure,
              "The kernel was not observed, as the run was interrupted: it is observed only after"
                  + " the program has ended. To end it early, run it under timeout(1)."));
    }
    show(explanations, typed.hasMatchedOption("--json"), typed.hasMatchedOption("--ascii"), file);
  }

  private void show(
      List<Explanation> explanations, boolean json, boolean ascii, @Nullable Output file) {
    Output out = file == null ? root.out() : file;
    if (file == null && openLines.watch(1).takeOpenLine()) {
      out.print('\n');
    }
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
