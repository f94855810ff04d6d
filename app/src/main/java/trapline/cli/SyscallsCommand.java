package trapline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import trapline.kernel.IndexDifference;
import trapline.kernel.KernelIndex;
import trapline.kernel.SyscallChange;
import trapline.kernel.SyscallFacts;
import trapline.kernel.SyscallRow;
import trapline.linux.proc.LiveKernel;
import trapline.model.Abi;
import trapline.report.DifferenceReport;
import trapline.report.Style;
import trapline.report.SyscallListing;
import trapline.report.TableFormat;

/// `trapline syscalls`: the whole table of an ABI, or how it differs between two versions.
final class SyscallsCommand implements Callable<Integer> {
  private static final String BETWEEN = "..";

  private final TraplineCommand root;
  private final CommandSpec spec;

  SyscallsCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandObjects.spec(this);
    spec.usageMessage().sortOptions(false);
    spec.addOption(AbiOption.spec());
    KernelOption.addTo(spec);
    spec.addOption(
        OptionSpec.builder("--grep")
            .paramLabel("RE")
            .type(String.class)
            .description("Only calls whose name or entry point matches this regular expression.")
            .build());
    spec.addOption(
        OptionSpec.builder("--diff")
            .paramLabel("A..B")
            .type(String.class)
            .description("What differs between two versions, such as 6.1..7.3.")
            .build());
    spec.addOption(
        OptionSpec.builder("--format")
            .paramLabel("table|tsv|csv|json|markdown")
            .type(String.class)
            .description("How to write the table (default: table).")
            .build());
    spec.addOption(TraplineCommand.flag("--ascii", "Draw with plain characters."));
    TraplineCommand.named(spec, "syscalls", "Lists all system calls, or what changed in them.");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    ParseResult typed = spec.commandLine().getParseResult();
    @Nullable String arch = typed.matchedOptionValue(AbiOption.NAME, (String) null);
    @Nullable String version = KernelOption.typed(typed);
    @Nullable String range = typed.matchedOptionValue("--diff", (String) null);
    TableFormat format = format(typed.matchedOptionValue("--format", "table"));
    Predicate<SyscallRow> wanted = wanted(typed.matchedOptionValue("--grep", ""));
    Output out = root.out();
    Style style =
        Terminal.style(
            typed.hasMatchedOption("--ascii"),
            format == TableFormat.TABLE && Terminal.isTerminal(1));
    if (range != null) {
      if (version != null) {
        throw new CommandFailure(ExitStatus.USAGE, "either --kernel-version or --diff, not both");
      }
      out.rendered(difference(range, arch, wanted).render(format, style));
    } else {
      KernelOption kernel = KernelOption.of(version, LiveKernel.whenAsked(), root.err());
      KernelIndex index = kernel.index();
      Abi abi = AbiOption.of(arch, index);
      List<SyscallFacts> calls = new ArrayList<>();
      for (SyscallRow row : index.rows(abi)) {
        if (wanted.test(row)) {
          calls.add(index.facts(abi, row));
        }
      }
      out.rendered(SyscallListing.render(format, abi, index.version(), calls, style));
      if (format == TableFormat.TABLE) {
        out.rendered(SyscallListing.renderSource(kernel.relation(), kernel.origin(), style));
      }
    }
    out.deliver();
    return ExitStatus.DONE;
  }

  private DifferenceReport difference(
      String range, @Nullable String arch, Predicate<SyscallRow> wanted) {
    int middle = range.indexOf(BETWEEN);
    if (middle <= 0 || middle + BETWEEN.length() >= range.length()) {
      throw new CommandFailure(
          ExitStatus.USAGE, "--diff " + range + ": two versions as in --diff 6.1..7.3");
    }
    KernelIndex before = indexed(range, range.substring(0, middle));
    KernelIndex after = indexed(range, range.substring(middle + BETWEEN.length()));
    Abi abi = AbiOption.of(arch, before);
    AbiOption.of(abi.label(), after);
    List<SyscallChange> changes = new ArrayList<>();
    for (SyscallChange change : IndexDifference.between(before, after, abi)) {
      if (change.before().stream().anyMatch(facts -> wanted.test(facts.row()))
          || change.after().stream().anyMatch(facts -> wanted.test(facts.row()))) {
        changes.add(change);
      }
    }
    return new DifferenceReport(abi, before.version(), after.version(), changes);
  }

  /// A difference between approximations would be none of either version.
  private KernelIndex indexed(String range, String version) {
    return KernelOption.exactly(version, "--diff " + range, root.err()).index();
  }

  private static TableFormat format(String name) {
    return TableFormat.named(name)
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitStatus.USAGE,
                    "--format " + name + ": one of table, tsv, csv, json, markdown"));
  }

  private static Predicate<SyscallRow> wanted(String expression) {
    try {
      Pattern pattern = Pattern.compile(expression);
      return row ->
          pattern.matcher(row.name()).find()
              || pattern.matcher(row.entry()).find()
              || pattern.matcher(row.compat()).find();
    } catch (PatternSyntaxException e) {
      throw new CommandFailure(
          ExitStatus.USAGE,
          "--grep " + expression + ": no regular expression: " + e.getDescription());
    }
  }
}
