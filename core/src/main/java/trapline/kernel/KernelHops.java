package trapline.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.KernelFacts;
import trapline.model.MalformedBinary;
import trapline.model.Place;
import trapline.model.SyscallId;

/// Builds the kernel's four hops of a journey: kernel-entry, table-row, declaration and
/// implementation.
public final class KernelHops {
  private static final int MAX_SOURCE_LINES = 400;

  private final KernelIndex index;
  private final @Nullable KernelSource tree;
  private final String origin;
  private final RunningKernel running;
  private final Evidence evidence;
  private Set<String> asked = Set.of();
  private @Nullable Kallsyms symbols;

  /// Read once: they are part of every journey, and do not change.
  private volatile @Nullable KernelFacts facts;

  /// @param index the facts
  /// @param origin where they are from, for the user: `embedded index`, or the tree's path
  /// @param tree where to read the implementations' text; `null` when no tree is at hand
  /// @param running what confirms them; [RunningKernel#NONE] when there is nothing to ask
  public KernelHops(
      KernelIndex index, String origin, @Nullable KernelSource tree, RunningKernel running) {
    this.index = index;
    this.origin = origin;
    this.tree = tree;
    this.running = running;
    this.evidence = new Evidence.SourceIndex(index.version().text());
  }

  /// Reads what every call needs (the index, the running kernel's symbols and configuration) on a
  /// thread of its own, so that the first call does not wait for it.
  public void prepare() {
    Thread.ofPlatform().daemon().name("kernel facts").start(this::readAhead);
  }

  private void readAhead() {
    try {
      hops(new SyscallId(Abi.NATIVE, 0), Abi.NATIVE.instruction());
      hops(new SyscallId(Abi.NATIVE, 1), Abi.NATIVE.instruction());
    } catch (RuntimeException e) {
      // The call that needs it says what is wrong.
    }
  }

  /// Which kernel runs and which one the facts are from.
  public KernelFacts facts() {
    KernelFacts known = facts;
    if (known == null) {
      known = new KernelFacts(running.release(), index.version().text(), match().exact(), origin);
      facts = known;
    }
    return known;
  }

  /// The sentence about [#facts] for the user.
  public VersionMatch match() {
    return index.match(running.release(), running.version());
  }

  /// The call's name in the table; empty when the number has no row.
  public Optional<String> name(SyscallId id) {
    Optional<SyscallRow> row = index.row(id.abi(), id.number());
    return row.isEmpty() ? Optional.empty() : Optional.of(row.get().name());
  }

  /// Exactly four hops in the order of [HopKind]. A hop that cannot be established is
  /// [Hop.Missing] with why and what to do.
  public List<Hop> hops(SyscallId id) {
    return hops(id, "");
  }

  /// The same, of a call that was made by one of the ABI's instructions.
  ///
  /// @param instruction the one that trapped, such as `sysenter`; empty when it is not known
  public synchronized List<Hop> hops(SyscallId id, String instruction) {
    boolean ownSource = match().level() != VersionMatch.Level.OTHER;
    Optional<SyscallFacts> found = index.facts(id.abi(), id.number(), running.config(), ownSource);
    return List.of(
        entry(id.abi(), instruction.trim().replaceAll("\\s+", " "), found),
        row(id, found),
        declaration(found),
        implementation(id.abi(), found));
  }

  private Hop entry(Abi abi, String instruction, Optional<SyscallFacts> found) {
    List<EntryPath.Stage> stages = new ArrayList<>();
    for (EntryPath.Stage stage : index.entryPath(abi, instruction).stages()) {
      if (!stage.inlined()) {
        stages.add(stage);
      }
    }
    if (stages.isEmpty()) {
      return new Hop.Missing(
          HopKind.KERNEL_ENTRY,
          "the source of "
              + index.version().text()
              + " does not show the entry path of "
              + abi.label()
              + (instruction.isEmpty() ? "" : " by " + instruction),
          "");
    }
    List<String> names = new ArrayList<>();
    stages.forEach(stage -> names.add(stage.symbol()));
    // A number without a row never gets to an entry point of its own.
    if (found.isPresent()) {
      names.add(found.get().symbol());
    }
    Kallsyms symbols = symbols(abi, names);
    List<Hop.KernelSymbol> path = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Optional<Kallsyms.Symbol> symbol = symbols.symbol(name);
      Place place = i < stages.size() ? stages.get(i).place() : onlyPlace(found);
      path.add(new Hop.KernelSymbol(name, symbol.isEmpty() ? 0 : symbol.get().address(), place));
      if (symbol.isEmpty()) {
        absent.add(name);
      }
    }
    boolean seen = absent.size() < names.size();
    String note = "";
    if (!symbols.whyUnavailable().isEmpty()) {
      note = "addresses not known: " + symbols.whyUnavailable();
    } else if (symbols.hidden()) {
      note = "addresses hidden: kernel.kptr_restrict";
    } else if (!absent.isEmpty()) {
      note = "not among the running kernel's symbols: " + String.join(", ", absent);
    }
    return new Hop.KernelEntry(
        seen && absent.isEmpty() ? new Evidence.Symbols("/proc/kallsyms") : evidence,
        path,
        note,
        evidence);
  }

  /// Where the call's function is, when only one can serve it.
  private static @Nullable Place onlyPlace(Optional<SyscallFacts> found) {
    return found.isPresent() && found.get().state() == SyscallState.IMPLEMENTED
        ? found.get().definitions().getFirst().place()
        : null;
  }

  /// What the running kernel says of these symbols. Its list has some 200,000 lines that it writes
  /// anew for each reader: the first call asks for its own symbols, so that the reading can stop
  /// early, and the next one for those of every call.
  private synchronized Kallsyms symbols(Abi abi, List<String> names) {
    Kallsyms known = symbols;
    if (known != null && asked.containsAll(names)) {
      return known;
    }
    Set<String> wanted = new HashSet<>(asked);
    wanted.addAll(names);
    String mark = abi.mark();
    if (!mark.isEmpty()) {
      wanted.add(mark);
    }
    if (known != null) {
      for (EntryPath path : index.entryPaths(abi)) {
        path.stages().forEach(stage -> wanted.add(stage.symbol()));
      }
      for (SyscallRow row : index.rows(abi)) {
        wanted.add(index.symbol(abi, row));
      }
    }
    known = running.symbols(Set.copyOf(wanted));
    asked = wanted;
    symbols = known;
    return known;
  }

  private Hop row(SyscallId id, Optional<SyscallFacts> found) {
    if (found.isEmpty()) {
      return new Hop.Missing(HopKind.TABLE_ROW, noRow(id), newer());
    }
    SyscallRow row = found.get().row();
    return new Hop.TableRow(
        evidence, row.number(), row.tableAbi(), row.name(), row.entry(), row.place());
  }

  private Hop declaration(Optional<SyscallFacts> found) {
    if (found.isEmpty()) {
      return new Hop.Missing(HopKind.DECLARATION, "the number has no row in the table", "");
    }
    SyscallFacts facts = found.get();
    if (facts.declarations().isEmpty()) {
      String why =
          facts.entry().isEmpty()
              ? "the row names no entry point"
              : "the headers of " + index.version().release() + " do not declare " + facts.entry();
      return new Hop.Missing(HopKind.DECLARATION, why, "");
    }
    List<Hop.Text> texts = new ArrayList<>();
    for (SyscallDeclaration declaration : facts.declarations()) {
      texts.add(new Hop.Text(declaration.text(), declaration.place()));
    }
    return new Hop.Declaration(evidence, texts);
  }

  private Hop implementation(Abi abi, Optional<SyscallFacts> found) {
    if (found.isEmpty()) {
      return missing("the number has no row in the table: the kernel returns ENOSYS", newer());
    }
    SyscallFacts facts = found.get();
    return switch (facts.state()) {
      case RESERVED ->
          missing("the row is reserved and names no entry point: the kernel returns ENOSYS", "");
      case NOT_IMPLEMENTED ->
          missing(
              facts.entry().equals("sys_ni_syscall")
                  ? "the row names sys_ni_syscall: the kernel returns ENOSYS"
                  : "only other architectures define "
                      + facts.entry()
                      + ": the kernel returns ENOSYS",
              "");
      case NOT_FOUND ->
          missing(
              "no definition of " + facts.entry() + " was found in " + index.version().release(),
              "");
      case REMOVED ->
          missing(
              index.version().release()
                  + " no longer defines "
                  + facts.entry()
                  + ": the kernel returns ENOSYS",
              "");
      case IMPLEMENTED, AMBIGUOUS, NOT_CONFIGURED -> definitions(abi, facts);
    };
  }

  private Hop definitions(Abi abi, SyscallFacts facts) {
    boolean none = facts.state() == SyscallState.NOT_CONFIGURED;
    List<Hop.Definition> definitions = new ArrayList<>();
    for (SyscallDefinition definition : none ? facts.ruledOut() : facts.definitions()) {
      List<String> gates = new ArrayList<>(definition.gates());
      gates.addAll(definition.conditions());
      definitions.add(
          new Hop.Definition(
              definition.signature(),
              definition.place(),
              gates,
              source(definition),
              built(definition)));
    }
    return new Hop.Implementation(evidence, definitions, confirmation(abi, facts));
  }

  /// What the running kernel's configuration says of a definition in a source of its series.
  private Hop.@Nullable Built built(SyscallDefinition definition) {
    KernelConfig config = running.config();
    boolean tells =
        config.isComplete() && match().isOwnSeries() && !definition.requirements().isEmpty();
    Condition.Truth truth =
        tells ? Condition.all(definition.requirements(), config) : Condition.Truth.UNKNOWN;
    return truth == Condition.Truth.UNKNOWN
        ? null
        : new Hop.Built(truth == Condition.Truth.TRUE, config.origin());
  }

  private List<String> source(SyscallDefinition definition) {
    try {
      return SourceText.of(tree, definition, MAX_SOURCE_LINES);
    } catch (IOException | MalformedBinary e) {
      return List.of(); // the place still stands; only its text cannot be shown
    }
  }

  /// What the running kernel says of the call, as short clauses.
  private String confirmation(Abi abi, SyscallFacts facts) {
    List<String> names = new ArrayList<>(List.of(facts.symbol()));
    if (!facts.abi().mark().isEmpty()) {
      names.add(facts.abi().mark());
    }
    Kallsyms symbols = symbols(abi, names);
    String leftOut = RunningCall.leftOut(facts.abi(), running, symbols);
    if (!leftOut.isEmpty()) {
      return "the running kernel is " + leftOut;
    }
    List<String> clauses = new ArrayList<>();
    if (facts.state() == SyscallState.NOT_CONFIGURED) {
      clauses.add("left out by the running kernel's configuration");
    }
    Optional<Kallsyms.Symbol> symbol = symbols.symbol(facts.symbol());
    if (symbol.isPresent()) {
      boolean weak = symbol.get().type() == 'W' || symbol.get().type() == 'w';
      clauses.add(weak ? "not built in (kallsyms: weak stand-in)" : "built in (kallsyms)");
    } else if (symbols.whyUnavailable().isEmpty()) {
      clauses.add("no symbol " + facts.symbol() + " (kallsyms)");
    }
    if (facts.definitions().size() == 1 && abi == Abi.NATIVE) {
      String name = tracepointName(facts.entry());
      Optional<TracepointFormat> format = running.tracepoint("sys_enter_" + name);
      if (format.isPresent()) {
        List<String> differences = format.get().differences(facts.definitions().getFirst());
        clauses.add(
            differences.isEmpty()
                ? "arguments equal sys_enter_" + name + " (tracefs)"
                : String.join("; ", differences) + " (tracefs)");
      }
    }
    return String.join("; ", clauses);
  }

  /// Tracepoints are named for the entry point without `sys_`.
  private static String tracepointName(String entry) {
    return entry.startsWith("sys_") ? entry.substring(4) : entry;
  }

  private static Hop missing(String why, String remedy) {
    return new Hop.Missing(HopKind.IMPLEMENTATION, why, remedy);
  }

  private String noRow(SyscallId id) {
    return "the table of "
        + index.version().text()
        + " has no "
        + id.abi().label()
        + " call "
        + id.number();
  }

  private String newer() {
    return match().exact()
        ? ""
        : "if the running kernel is newer, name its source with --kernel-source";
  }
}
