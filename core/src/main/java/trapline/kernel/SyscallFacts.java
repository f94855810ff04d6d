package trapline.kernel;

import java.util.List;
import trapline.model.Abi;

/// All that one kernel's source says about one call.
///
/// @param abi the numbering that `row` belongs to
/// @param row the table's row
/// @param entry the entry point that serves this ABI (the compat one where the row names one for
///     32-bit callers); empty when the row has none
/// @param symbol the function that the dispatch calls, such as `__x64_sys_socket`; empty when none
/// @param state what the source says in sum
/// @param declarations zero to many prototypes, of those that `#if` chooses between the one that
///     fits the configuration
/// @param otherDeclarations prototypes of the same entry point for other configurations
/// @param definitions the definitions that can serve it, see `state`
/// @param ruledOut definitions of the same entry point that the configuration excludes
/// @param optional whether the kernel may be built without it (`COND_SYSCALL`)
/// @param paths from each instruction that traps to `symbol`, the usual one first
public record SyscallFacts(
    Abi abi,
    SyscallRow row,
    String entry,
    String symbol,
    SyscallState state,
    List<SyscallDeclaration> declarations,
    List<SyscallDeclaration> otherDeclarations,
    List<SyscallDefinition> definitions,
    List<SyscallDefinition> ruledOut,
    boolean optional,
    List<EntryPath> paths) {
  public SyscallFacts {
    declarations = List.copyOf(declarations);
    otherDeclarations = List.copyOf(otherDeclarations);
    definitions = List.copyOf(definitions);
    ruledOut = List.copyOf(ruledOut);
    paths = List.copyOf(paths);
  }

  /// The usual way from the trap to `symbol`; without stages when the source did not tell.
  public EntryPath path() {
    return paths.isEmpty() ? new EntryPath(abi.instruction(), List.of()) : paths.getFirst();
  }
}
