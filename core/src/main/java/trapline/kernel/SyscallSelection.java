package trapline.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import trapline.model.Abi;

/// Joins what an index says of one row, and chooses by the configuration between several
/// definitions and declarations of its entry point.
final class SyscallSelection {
  /// What the table generator puts in the place of an entry point that is not there.
  private static final String NOT_IMPLEMENTED = "sys_ni_syscall";

  private final KernelIndex index;
  private final Abi abi;
  private final KernelConfig config;
  private final boolean strict;

  /// @param strict whether the configuration can rule out every definition: one that is only usual
  ///     cannot say that there is nothing
  SyscallSelection(KernelIndex index, Abi abi, KernelConfig config, boolean strict) {
    this.index = index;
    this.abi = abi;
    this.config = config;
    this.strict = strict;
  }

  SyscallFacts facts(SyscallRow row) {
    String entry = entry(index, abi, row);
    List<SyscallDeclaration> declared = new ArrayList<>();
    List<SyscallDefinition> possible = new ArrayList<>(1);
    List<SyscallDefinition> ruledOut = new ArrayList<>(0);
    if (!entry.isEmpty()) {
      for (SyscallDeclaration declaration : index.declarationsOf(entry)) {
        if (isOfArchitecture(declaration.place().file())) {
          declared.add(declaration);
        }
      }
      for (SyscallDefinition definition : index.definitionsOf(entry)) {
        if (isOfArchitecture(definition.place().file())) {
          (isPossible(definition) ? possible : ruledOut).add(definition);
        }
      }
    }
    List<SyscallDeclaration> others = takeOthers(declared);
    if (possible.isEmpty() && !strict) {
      takeLeastRefused(possible, ruledOut);
    }
    preferOwn(possible, ruledOut);
    if (strict && !AbiGates.leftOut(abi, config).isEmpty()) {
      ruledOut.addAll(possible);
      possible.clear();
    }
    if (entry.equals(NOT_IMPLEMENTED)) {
      possible.clear(); // it has definitions, which implement nothing
      ruledOut.clear();
    }
    return new SyscallFacts(
        abi,
        row,
        entry,
        symbol(index, abi, row, entry),
        state(entry, possible, ruledOut),
        declared,
        others,
        possible,
        ruledOut,
        !entry.isEmpty() && index.isOptional(entry),
        index.entryPaths(abi));
  }

  private SyscallState state(
      String entry, List<SyscallDefinition> possible, List<SyscallDefinition> ruledOut) {
    if (entry.isEmpty()) {
      return SyscallState.RESERVED;
    }
    if (entry.equals(NOT_IMPLEMENTED)) {
      return SyscallState.NOT_IMPLEMENTED;
    }
    if (!possible.isEmpty()) {
      return possible.size() == 1 ? SyscallState.IMPLEMENTED : SyscallState.AMBIGUOUS;
    }
    if (!ruledOut.isEmpty()) {
      return SyscallState.NOT_CONFIGURED;
    }
    if (!index.isOptional(entry)) {
      return SyscallState.NOT_FOUND;
    }
    return index.definitionsOf(entry).isEmpty()
        ? SyscallState.REMOVED
        : SyscallState.NOT_IMPLEMENTED;
  }

  /// A configuration that is only usual cannot say that there is nothing: those stay that it speaks
  /// least against.
  private void takeLeastRefused(
      List<SyscallDefinition> possible, List<SyscallDefinition> ruledOut) {
    int least = Integer.MAX_VALUE;
    for (SyscallDefinition definition : ruledOut) {
      least = Math.min(least, refusals(definition.requirements()));
    }
    for (SyscallDefinition definition : ruledOut) {
      if (refusals(definition.requirements()) == least) {
        possible.add(definition);
      }
    }
    ruledOut.removeAll(possible);
  }

  /// The function that the dispatch calls for a row.
  static String symbol(KernelIndex index, Abi abi, SyscallRow row) {
    return symbol(index, abi, row, entry(index, abi, row));
  }

  private static String symbol(KernelIndex index, Abi abi, SyscallRow row, String entry) {
    DispatchNames names = index.dispatchNames(abi);
    return entry.isEmpty()
        ? names.symbol("", NOT_IMPLEMENTED)
        : names.symbol(row.tableAbi(), entry);
  }

  /// The function that serves a row: the compat column names what serves 32-bit callers of a 64-bit
  /// kernel, and an architecture may replace either.
  private static String entry(KernelIndex index, Abi abi, SyscallRow row) {
    KernelConfig config = index.usualConfig(abi.architecture());
    boolean compat =
        abi.bits() == 32
            && !row.compat().isEmpty()
            && config.value("CONFIG_64BIT") != KernelConfig.Value.OFF
            && config.value("CONFIG_COMPAT") != KernelConfig.Value.OFF;
    String entry = compat ? row.compat() : row.entry();
    for (IndexContent.Redirection redirection : index.redirections()) {
      if (redirection.architecture().equals(abi.architecture())
          && redirection.from().equals(entry)) {
        return redirection.to();
      }
    }
    return entry;
  }

  /// Of several definitions that the configuration allows, the architecture's own ones hide the
  /// general ones, and those that the build knows hide those that it does not.
  private void preferOwn(List<SyscallDefinition> possible, List<SyscallDefinition> ruledOut) {
    if (possible.size() > 1) {
      keep(possible, ruledOut, d -> !d.gates().contains(SyscallDefinition.NOT_BUILT));
      keep(possible, ruledOut, d -> d.place().file().startsWith("arch/"));
    }
  }

  private static void keep(
      List<SyscallDefinition> possible,
      List<SyscallDefinition> ruledOut,
      Predicate<SyscallDefinition> wanted) {
    if (possible.stream().anyMatch(wanted)) {
      for (SyscallDefinition definition : possible) {
        if (!wanted.test(definition)) {
          ruledOut.add(definition);
        }
      }
      possible.removeIf(wanted.negate());
    }
  }

  /// Whether a file is of this architecture, or of none.
  private boolean isOfArchitecture(String path) {
    return !path.startsWith("arch/") || path.startsWith(abi.architecture() + "/", 5);
  }

  /// Removes the prototypes that the configuration speaks against more than against the others. All
  /// may stand in a branch that is not compiled: on x86 the prototypes of
  /// `include/linux/syscalls.h` are documentation, because the wrappers have their own
  /// (`CONFIG_ARCH_HAS_SYSCALL_WRAPPER`).
  private List<SyscallDeclaration> takeOthers(List<SyscallDeclaration> declared) {
    int least = Integer.MAX_VALUE;
    for (SyscallDeclaration declaration : declared) {
      least = Math.min(least, refusals(declaration.conditions()));
    }
    List<SyscallDeclaration> others = new ArrayList<>(0);
    for (SyscallDeclaration declaration : declared) {
      if (refusals(declaration.conditions()) > least) {
        others.add(declaration);
      }
    }
    declared.removeAll(others);
    return others;
  }

  private int refusals(List<String> conditions) {
    int refusals = 0;
    for (String condition : conditions) {
      refusals += Condition.evaluate(condition, config) == Condition.Truth.FALSE ? 1 : 0;
    }
    return refusals;
  }

  private boolean isPossible(SyscallDefinition definition) {
    return Condition.isPossible(definition.requirements(), config);
  }
}
