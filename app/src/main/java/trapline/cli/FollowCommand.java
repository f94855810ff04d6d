package trapline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import trapline.abi.Signals;
import trapline.abi.Suggestion;
import trapline.abi.SyscallTable;
import trapline.decode.ArgumentDecoder;
import trapline.decode.Limits;
import trapline.follow.CallWatch;
import trapline.follow.FollowOptions;
import trapline.follow.FollowSession;
import trapline.follow.JourneySink;
import trapline.follow.OpenLines;
import trapline.follow.Preparation;
import trapline.follow.ReadAhead;
import trapline.follow.RunEnd;
import trapline.follow.SessionSetup;
import trapline.follow.SourceFiles;
import trapline.journey.JourneyBuilder;
import trapline.journey.OwnCode;
import trapline.kernel.KernelHops;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.objects.SourceFileSearch;
import trapline.linux.proc.LiveKernel;
import trapline.linux.ptrace.Tracer;
import trapline.model.Abi;
import trapline.model.RunSummary;
import trapline.run.HeldJourneys;
import trapline.run.KernelChoice;
import trapline.run.KernelObservation;
import trapline.run.Notices;
import trapline.run.ObservationChoice;
import trapline.run.ProgramFile;
import trapline.run.RunException;
import trapline.run.Tracee;
import trapline.run.WriterThread;

/// `trapline follow`.
final class FollowCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;

  private List<String> calls = List.of();
  private boolean all;
  private @Nullable String steps;
  private boolean json;
  private boolean brief;
  private @Nullable Path kernelSource;
  private ObservationChoice observation = ObservationChoice.NONE;
  private @Nullable Integer processId;
  private boolean startup;
  private int stringLimit;
  private OwnCode own = new OwnCode(List.of(), path -> path);
  private Set<Path> sources = Set.of();
  private List<Path> debugDirectories = List.of();
  private @Nullable Path output;
  private @Nullable String libc;
  private boolean ascii;
  private boolean full;
  private List<String> command = List.of();

  FollowCommand(TraplineCommand root) {
    this.root = root;
    this.spec = describe();
  }

  CommandSpec spec() {
    return spec;
  }

  private CommandSpec describe() {
    CommandSpec described = CommandObjects.spec(this);
    described.usageMessage().sortOptions(false);
    RunOptions.addCalls(
        described,
        "Follow only these calls (socket,bind). The run ends, and a program that Trapline"
            + " started with it, when each has been followed once.");
    described.addOption(TraplineCommand.flag("--all", "Follow every occurrence, and keep going."));
    described.addOption(
        OptionSpec.builder("--steps")
            .arity("0..1")
            .preprocessor(FollowCommand::onlyAttached)
            .paramLabel("all")
            .type(String.class)
            .description(
                "Print every instruction from the call to the kernel and back; --steps=all shows"
                    + " the dynamic linker's resolver, too.")
            .build());
    described.addOption(
        TraplineCommand.flag("--json", "Print one JSON object per journey (docs/FORMATS.md)."));
    described.addOption(
        TraplineCommand.flag(
            "--brief", "Print one line per journey: the call, its result, your line, the time."));
    described.addOption(
        OptionSpec.builder("-p", "--pid")
            .paramLabel("PID")
            .type(Integer.class)
            .description("Follow a running process: all its threads; PID may name any of them.")
            .build());
    described.addOption(
        TraplineCommand.flag(
            "--startup",
            "Show in full, too, what the dynamic linker does before the program starts."));
    ObservationOptions.addTo(described, "off");
    described.addOption(
        TraplineCommand.flag(
            "--full", "Show each journey whole, and every kernel function that ran."));
    RunOptions.addTo(described);
    return TraplineCommand.named(
        described, "follow", "Shows the whole journey of a program's system calls.");
  }

  /// What stands behind `--steps` with a blank between is the program, not its value.
  private static boolean onlyAttached(
      Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> typed) {
    if (!"=".equals(typed.get("separator"))) {
      words.push("brief");
    }
    return false;
  }

  /// Takes what the user typed.
  private void take(ParseResult typed) {
    calls = RunOptions.calls(typed);
    all = typed.hasMatchedOption("--all");
    steps = typed.matchedOptionValue("--steps", steps);
    json = typed.hasMatchedOption("--json");
    brief = typed.hasMatchedOption("--brief");
    observation = ObservationOptions.of(typed, "off");
    kernelSource = observation.source();
    full = typed.hasMatchedOption("--full");
    processId = typed.matchedOptionValue("-p", processId);
    startup = typed.hasMatchedOption("--startup");
    stringLimit = typed.matchedOptionValue("-s", 64);
    debugDirectories = typed.matchedOptionValue("--debug-dir", debugDirectories);
    own = RunOptions.ownCode(typed);
    sources = RunOptions.sourceDirectories(typed);
    libc = typed.matchedOptionValue("--libc", libc);
    output = typed.matchedOptionValue("-o", output);
    ascii = typed.hasMatchedOption("--ascii");
    command = typed.matchedPositionalValue(0, command);
  }

  @Override
  public Integer call() {
    take(spec.commandLine().getParseResult());
    PrintStream err = root.err();
    Notices notices = new TerminalNotices(err);
    checkUsage();
    FollowOptions options = new FollowOptions(CallNames.check(calls), all, steps(), startup);
    try (Interruption interruption = new Interruption();
        Output file = RunOptions.open(output)) {
      try {
        if (processId != null) {
          DebugInstall.before(spec.commandLine().getParseResult(), processId, err);
          try (KernelObservation kernel =
              observation.mode() == ObservationChoice.Mode.OFF
                  ? null
                  : KernelObservation.prepare(
                      observation.live(), notices, interruption::comes, false)) {
            return run(options, null, file, kernel, interruption);
          }
        }
        boolean observes = observation.mode() != ObservationChoice.Mode.OFF;
        try (ProgramFile program =
                ProgramFile.find(command.getFirst(), LibcOption.of(libc), notices);
            KernelObservation kernel =
                observes
                    ? KernelObservation.prepare(observation, notices, interruption::comes, false)
                    : null) {
          DebugInstall.before(spec.commandLine().getParseResult(), program.file(), err);
          return run(options, program, file, kernel, interruption);
        }
      } catch (CommandFailure | RunException e) {
        boolean cause =
            e instanceof RunException run
                ? run.problem() == RunException.Problem.INTERRUPTED
                : ((CommandFailure) e).status() == ExitStatus.INTERRUPTED;
        if (cause ? interruption.comes() : interruption.came()) {
          throw new CommandFailure(ExitStatus.INTERRUPTED, "interrupted");
        }
        throw e;
      }
    }
  }

  private void checkUsage() {
    if (processId == null && command.isEmpty()) {
      throw usage("name a program to follow, or a process with -p; trapline follow --help");
    }
    if (processId != null && !command.isEmpty()) {
      throw usage("either a program or -p, not both");
    }
    if (processId != null && libc != null) {
      throw usage(
          "--libc is for programs that are started; process " + processId + " runs already");
    }
    if (processId != null && observation.mode() == ObservationChoice.Mode.VM) {
      throw usage("--observe vm runs a program once more; a process that runs already cannot be");
    }
    if (processId != null && processId <= 0) {
      throw usage("-p " + processId + ": a process id is a number of 1 or more");
    }
    if (brief && json) {
      throw usage("either --brief or --json");
    }
    if (brief && steps != null) {
      throw usage("--steps shows each instruction, --brief one line per journey: name one of them");
    }
    if (brief && observation.mode() != ObservationChoice.Mode.OFF) {
      throw usage("--brief shows no kernel functions: leave out --observe");
    }
    if (stringLimit < 0) {
      throw usage("-s takes a number of 0 or more");
    }
  }

  private FollowOptions.Steps steps() {
    if (steps == null) {
      return FollowOptions.Steps.NONE;
    }
    return switch (steps) {
      case "brief" -> FollowOptions.Steps.BRIEF;
      case "all" -> FollowOptions.Steps.ALL;
      default -> throw usage("--steps=" + steps + ": either --steps or --steps=all");
    };
  }

  private int run(
      FollowOptions options,
      @Nullable ProgramFile program,
      @Nullable Output file,
      @Nullable KernelObservation observed,
      Interruption interruption) {
    OpenLines openLines = new OpenLines();
    BooleanSupplier openLine = file == null ? openLines.watch(1)::takeOpenLine : () -> false;
    PrintStream err = FreshLine.of(root.err(), openLines.watch(2));
    LiveKernel kernel = new LiveKernel();
    DebuginfodClient debuginfod = FetchProgress.client(err, interruption);
    KernelHops facts = KernelChoice.choose(kernelSource, kernel, new TerminalNotices(err));
    facts.prepare();
    JourneyBuilder builder =
        new JourneyBuilder(
            facts,
            new ArgumentDecoder(),
            new SourceFiles(new SourceFileSearch(debuginfod), sources),
            own);
    JourneySink printed = sink(file, root.out(), openLine);
    WriterThread shown = new WriterThread(printed);
    HeldJourneys held = observed == null || observed.isLive() ? null : new HeldJourneys(shown);
    ObjectFiles objects = new ObjectFiles(debugDirectories, debuginfod);
    if (program != null && debuginfod.servers().isEmpty()) {
      ReadAhead.start(program.file(), objects);
    }
    Limits limits = Limits.DEFAULT.withStringLength(stringLimit);
    Preparation prepared =
        processId == null
            ? null
            : Preparation.of(processId, builder, objects, limits, shown::rehearse);
    FollowSession.Result result;
    RunSummary summary;
    try (shown) {
      try (Tracer tracer =
          interruption.guard(
              program == null
                  ? Tracee.attach(java.util.Objects.requireNonNull(processId))
                  : Tracee.launch(program, command))) {
        shown.onFailure(tracer::interrupt);
        if (observed != null) {
          observed.begin(tracer);
        }
        FollowSession session =
            new FollowSession(
                new SessionSetup(
                    tracer,
                    builder,
                    objects,
                    limits,
                    program == null,
                    prepared,
                    observed == null ? null : observed.notes(),
                    observed == null ? CallWatch.NONE : observed.watch(),
                    openLines,
                    interruption::comes),
                options,
                held == null ? shown : held);
        result = session.run();
        summary = session.summary(programName());
      }
      if (held != null && observed != null && program != null) {
        if (result.end() != RunEnd.INTERRUPTED) {
          held.observe(observed, program.executable(), program.arguments(command));
        }
        held.show();
      }
    }
    if (result.end() == RunEnd.PROGRAM_ENDED && summary.calls() > 0) {
      printed.ended(summary);
    }
    if (observed != null) {
      observed.tell(new TerminalNotices(err));
    }
    return report(result, options, err, interruption);
  }

  private JourneySink sink(@Nullable Output file, Output out, BooleanSupplier openLine) {
    boolean shared = file == null;
    Output target = file == null ? out : file;
    return json
        ? new JsonSink(target, openLine)
        : new TextSink(
            target,
            Terminal.style(ascii, shared && Terminal.isTerminal(1)).withEverything(full),
            brief,
            openLine);
  }

  private int report(
      FollowSession.Result result,
      FollowOptions options,
      PrintStream err,
      Interruption interruption) {
    if (result.end() == RunEnd.INTERRUPTED || interruption.came()) {
      err.println("trapline: interrupted");
      return ExitStatus.INTERRUPTED;
    }
    if (result.end() == RunEnd.COMPLETE) {
      return ExitStatus.DONE;
    }
    String name = programName();
    int status = ExitStatus.DONE;
    if (result.signal() != 0) {
      err.println("trapline: " + name + " was ended by " + Signals.name(result.signal()));
      status = ExitStatus.SIGNALLED;
    }
    for (String call : options.calls()) {
      if (result.missing().contains(call)) {
        err.println("trapline: " + name + " ended without making " + call + reason(call, result));
        status = status == ExitStatus.DONE ? ExitStatus.NOT_SEEN : status;
      }
    }
    return status;
  }

  private String programName() {
    return processId == null ? command.getFirst() : "process " + processId;
  }

  private static String reason(String call, FollowSession.Result result) {
    if (result.vdso().contains(call)) {
      return ": the vDSO answers it in user mode, without a trap";
    }
    List<Suggestion> others = SyscallTable.of(Abi.NATIVE).libcEquivalents(call);
    if (!others.isEmpty()) {
      Suggestion other = others.getFirst();
      return "; try --call " + other.name() + (other.note().isEmpty() ? "" : ": " + other.note());
    }
    return "";
  }

  private static CommandFailure usage(String message) {
    return new CommandFailure(ExitStatus.USAGE, message);
  }
}
