package trapline.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trapline.model.Abi;

/// What the running kernel says of a call.
///
/// @param release as `uname -r` says it
/// @param presence whether it can serve the call
/// @param symbol the function that its dispatch calls
/// @param address where that is; 0 when it is hidden or not known
/// @param reason why `presence` or `address` is not known, or the ABI left out; empty when both are
/// @param tracepoint the tracepoint that has the arguments' types, `sys_enter_socket`; empty when
///     there is none or it cannot be read
/// @param differences how the tracepoint differs from the source; empty when they agree
/// @param settings the configuration symbols that the definitions depend on, as the running kernel
///     was built: `y`, `m`, `n`; empty when its configuration is not known
/// @param configFrom the file that has its configuration; empty when it is not known
/// @param config the running kernel's configuration; [KernelConfig#unknown] when the source is of
///     another series, whose definitions it does not decide
public record RunningCall(
    String release,
    Presence presence,
    String symbol,
    long address,
    String reason,
    String tracepoint,
    List<String> differences,
    Map<String, String> settings,
    String configFrom,
    KernelConfig config) {
  private static final Pattern SYMBOL = Pattern.compile("CONFIG_[A-Za-z0-9_]+");

  /// Whether a kernel can serve a call.
  public enum Presence {
    BUILT_IN("built in"),
    /// The symbol is weak, or `sys_ni_syscall` itself: the stand-in that returns `ENOSYS`.
    LEFT_OUT("not built in"),
    /// The kernel is built without the ABI: none of its calls is served.
    NO_ABI("ABI not built in"),
    /// The kernel has no such symbol.
    NO_SYMBOL("no symbol"),
    /// The symbols could not be read.
    UNKNOWN("not known");

    private final String label;

    Presence(String label) {
      this.label = label;
    }

    /// The name in text and JSON output.
    public String label() {
      return label;
    }
  }

  public RunningCall {
    differences = List.copyOf(differences);
  }

  /// Asks the running kernel.
  ///
  /// @param ownSource whether the facts are of the running kernel's series, so that its
  ///     configuration says which definitions it was built with
  public static RunningCall of(SyscallFacts facts, RunningKernel running, boolean ownSource) {
    String name = facts.symbol();
    Abi abi = facts.abi();
    boolean marked = !abi.mark().isEmpty() && !abi.mark().equals(name);
    Kallsyms symbols = running.symbols(marked ? Set.of(name, abi.mark()) : Set.of(name));
    Optional<Kallsyms.Symbol> symbol = symbols.symbol(name);
    Presence presence = Presence.UNKNOWN;
    String reason = symbols.whyUnavailable();
    if (symbol.isPresent()) {
      char type = symbol.get().type();
      boolean standIn = type == 'W' || type == 'w' || name.endsWith("sys_ni_syscall");
      presence = standIn ? Presence.LEFT_OUT : Presence.BUILT_IN;
      reason = symbols.hidden() ? "address hidden: kernel.kptr_restrict" : "";
    } else if (reason.isEmpty()) {
      presence = Presence.NO_SYMBOL;
    }
    String leftOut = leftOut(abi, running, symbols);
    if (!leftOut.isEmpty()) {
      presence = Presence.NO_ABI;
      reason = leftOut;
    }
    String tracepoint = "";
    List<String> differences = List.of();
    if (facts.definitions().size() == 1 && facts.entry().startsWith("sys_")) {
      String event = "sys_enter_" + facts.entry().substring(4);
      Optional<TracepointFormat> format = running.tracepoint(event);
      if (format.isPresent()) {
        tracepoint = event;
        differences = format.get().differences(facts.definitions().getFirst());
      }
    }
    return new RunningCall(
        running.release(),
        presence,
        name,
        symbol.isEmpty() ? 0 : symbol.get().address(),
        reason,
        tracepoint,
        differences,
        settings(facts, running),
        configFrom(facts, running),
        ownSource && dependsOnConfig(facts) ? running.config() : KernelConfig.unknown());
  }

  /// Why the running kernel serves no call of an ABI; empty when it does, or that is not known.
  ///
  /// @param symbols with the ABI's mark among what was asked for
  static String leftOut(Abi abi, RunningKernel running, Kallsyms symbols) {
    if (abi.gate().isEmpty()) {
      return "";
    }
    String byConfig = AbiGates.leftOut(abi, running.config());
    return byConfig.isEmpty() ? AbiGates.leftOut(abi, symbols) : byConfig;
  }

  /// Whether a configuration decides anything about a call.
  public static boolean dependsOnConfig(SyscallFacts facts) {
    if (!facts.abi().gate().isEmpty()) {
      return true;
    }
    for (SyscallDefinition definition : definitions(facts)) {
      if (!definition.requirements().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static List<SyscallDefinition> definitions(SyscallFacts facts) {
    List<SyscallDefinition> definitions = new ArrayList<>(facts.definitions());
    definitions.addAll(facts.ruledOut());
    return definitions;
  }

  private static String configFrom(SyscallFacts facts, RunningKernel running) {
    return dependsOnConfig(facts) && running.config().isComplete() ? running.config().origin() : "";
  }

  /// Whether a definition is in the running kernel; empty when its conditions do not decide that,
  /// or not for this kernel.
  public Optional<Boolean> built(SyscallDefinition definition) {
    List<String> needs = definition.requirements();
    if (needs.isEmpty() || !config.isComplete()) {
      return Optional.empty();
    }
    Condition.Truth truth = Condition.all(needs, config);
    return truth == Condition.Truth.UNKNOWN
        ? Optional.empty()
        : Optional.of(truth == Condition.Truth.TRUE);
  }

  /// The configuration is read only for a call that depends on it.
  private static Map<String, String> settings(SyscallFacts facts, RunningKernel running) {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> gates = new ArrayList<>(List.of(facts.abi().gate()));
    definitions(facts).forEach(definition -> gates.addAll(definition.requirements()));
    for (String gate : gates) {
      Matcher symbols = SYMBOL.matcher(gate);
      while (symbols.find()) {
        settings.put(symbols.group(), "");
      }
    }
    KernelConfig config = settings.isEmpty() ? KernelConfig.unknown() : running.config();
    if (!config.isComplete()) {
      return Map.of();
    }
    settings.replaceAll(
        (symbol, unset) ->
            switch (config.value(symbol)) {
              case BUILT_IN -> "y";
              case MODULE -> "m";
              case OFF, UNKNOWN -> "n";
            });
    return settings;
  }
}
