package trapline.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import trapline.kernel.AbiNumber;
import trapline.kernel.KernelIndex;
import trapline.kernel.RunningCall;
import trapline.kernel.RunningKernel;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallFinder;
import trapline.kernel.SyscallHistory;
import trapline.kernel.SyscallRow;
import trapline.linux.proc.LiveKernel;
import trapline.model.Abi;
import trapline.report.Style;
import trapline.report.SyscallAnswer;
import trapline.report.SyscallJson;
import trapline.report.SyscallReport;

/// `trapline syscall`: everything about one call.
final class SyscallCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;

  SyscallCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.usageMessage().sortOptions(false);
    spec.addOption(AbiOption.spec());
    KernelOption.addTo(spec);
    spec.addOption(TraplineCommand.flag("--json", "Print one JSON object (docs/FORMATS.md)."));
    spec.addOption(TraplineCommand.flag("--ascii", "Draw with plain characters."));
    spec.addPositional(
        PositionalParamSpec.builder()
            .arity("0..*")
            .paramLabel("NAME|NUMBER")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("A name (socket), an entry point (sys_newstat) or a number (41, 0x29).")
            .build());
    TraplineCommand.named(spec, "syscall", "Shows everything about one system call.");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    ParseResult typed = spec.commandLine().getParseResult();
    @Nullable String arch = typed.matchedOptionValue(AbiOption.NAME, (String) null);
    @Nullable String version = KernelOption.typed(typed);
    List<String> names = typed.matchedPositionalValue(0, List.<String>of());
    if (names.size() != 1) {
      throw new CommandFailure(
          ExitStatus.USAGE,
          names.isEmpty()
              ? "name a system call, or give its number: trapline syscall socket"
              : "syscall takes one name or number, not " + names.size());
    }
    // Its symbols take the kernel longest to write, and are of use for its own architecture alone.
    LiveKernel running = arch == null ? new LiveKernel() : LiveKernel.whenAsked();
    KernelOption kernel = KernelOption.of(version, running, root.err());
    Abi abi = AbiOption.of(arch, kernel.index());
    SyscallFinder finder = new SyscallFinder(kernel.set(), kernel.index(), abi);
    SyscallFinder.Answer answer = finder.find(names.getFirst());
    // A switch over the types would make its method handle anew in every start: 10 ms.
    if (answer instanceof SyscallFinder.Absent absent) {
      throw new CommandFailure(ExitStatus.USAGE, absent.sentence());
    }
    return show((SyscallFinder.Found) answer, kernel, running, typed);
  }

  private int show(
      SyscallFinder.Found found, KernelOption kernel, RunningKernel running, ParseResult typed) {
    Output out = root.out();
    boolean json = typed.hasMatchedOption("--json");
    Style style =
        Terminal.style(typed.hasMatchedOption("--ascii"), !json && Terminal.isTerminal(1));
    boolean first = true;
    for (SyscallRow row : found.rows()) {
      SyscallAnswer answer = answer(kernel, found.abi(), row, running);
      out.print(first || json ? "" : "\n");
      out.rendered(json ? SyscallJson.render(answer) : SyscallReport.render(answer, style));
      first = false;
    }
    out.deliver();
    return ExitStatus.DONE;
  }

  private static SyscallAnswer answer(
      KernelOption kernel, Abi abi, SyscallRow row, RunningKernel running) {
    KernelIndex index = kernel.index();
    boolean own =
        AbiOption.machine()
            .filter(mine -> mine.architecture().equals(abi.architecture()))
            .isPresent();
    // Most of the time goes into the kernel's writing of its symbols: the rest is done meanwhile.
    CompletableFuture<Here> here =
        own
            ? CompletableFuture.supplyAsync(() -> here(kernel, abi, row, running))
            : CompletableFuture.completedFuture(new Here(index.facts(abi, row), Optional.empty()));
    List<AbiNumber> numbers = AbiNumber.all(index, row.name());
    SyscallHistory history = SyscallHistory.of(kernel.set(), abi, row);
    String manual = ManualPage.description(row.name());
    return new SyscallAnswer(
        here.join().facts(),
        index.version(),
        kernel.origin(),
        kernel.relation(),
        numbers,
        history,
        manual,
        here.join().call());
  }

  /// What the source says, and what the running kernel says of it.
  private record Here(SyscallFacts facts, Optional<RunningCall> call) {}

  /// The running kernel's configuration decides, where the facts are of its series and depend on
  /// one.
  private static Here here(KernelOption kernel, Abi abi, SyscallRow row, RunningKernel running) {
    SyscallFacts facts = kernel.index().facts(abi, row);
    if (kernel.ownSeries() && RunningCall.dependsOnConfig(facts)) {
      facts = kernel.index().facts(abi, row, running.config());
    }
    return new Here(facts, Optional.of(RunningCall.of(facts, running, kernel.ownSeries())));
  }
}
