package trapline.kernel;

import java.util.ArrayList;
import java.util.List;

/// Joins what an index says of one row, and chooses by the configuration between several
/// definitions and declarations of its entry point.
final class SyscallSelection {
  /// What the table generator puts in the place of an entry point that is not there.
  private static final String NOT_IMPLEMENTED = "sys_ni_syscall";

  private final KernelIndex index;
  private final SyscallAbi abi;
  private final KernelConfig config;
  private final boolean strict;

  /// @param strict whether the configuration can rule out every definition: one that is only usual
  ///     cannot say that there is nothing
  SyscallSelection(KernelIndex index, SyscallAbi abi, KernelConfig config, boolean strict) {
    this.index = index;
    this.abi = abi;
    this.config = config;
    this.strict = strict;
  }

  SyscallFacts facts(SyscallRow row) {
    String entry = entry(abi, row);
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
      possible.addAll(ruledOut);
      ruledOut.clear();
    }
    SyscallState state;
    if (entry.isEmpty()) {
      state = SyscallState.RESERVED;
    } else if (entry.equals(NOT_IMPLEMENTED)) {
      state = SyscallState.NOT_IMPLEMENTED;
      possible.clear(); // it has definitions, which implement nothing
    } else if (possible.isEmpty()) {
      state = ruledOut.isEmpty() ? SyscallState.REMOVED : SyscallState.NOT_CONFIGURED;
    } else {
      state = possible.size() == 1 ? SyscallState.IMPLEMENTED : SyscallState.AMBIGUOUS;
    }
    return new SyscallFacts(
        abi,
        row,
        entry,
        symbol(index, abi, row),
        state,
        declared,
        others,
        possible,
        ruledOut,
        !entry.isEmpty() && index.isOptional(entry),
        index.entryPath(abi));
  }

  /// The function that the dispatch calls for a row.
  static String symbol(KernelIndex index, SyscallAbi abi, SyscallRow row) {
    String entry = entry(abi, row);
    return index.prefix(abi) + (entry.isEmpty() ? NOT_IMPLEMENTED : entry);
  }

  /// The compat column names what serves 32-bit callers of a 64-bit kernel.
  private static String entry(SyscallAbi abi, SyscallRow row) {
    return abi.bits() == 32 && !row.compat().isEmpty() ? row.compat() : row.entry();
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
      least = Math.min(least, refusals(declaration));
    }
    List<SyscallDeclaration> others = new ArrayList<>(0);
    for (SyscallDeclaration declaration : declared) {
      if (refusals(declaration) > least) {
        others.add(declaration);
      }
    }
    declared.removeAll(others);
    return others;
  }

  private int refusals(SyscallDeclaration declaration) {
    int refusals = 0;
    for (String condition : declaration.conditions()) {
      refusals += Condition.evaluate(condition, config) == Condition.Truth.FALSE ? 1 : 0;
    }
    return refusals;
  }

  private boolean isPossible(SyscallDefinition definition) {
    return Condition.isPossible(definition.conditions(), config)
        && Condition.isPossible(definition.gates(), config);
  }
}
