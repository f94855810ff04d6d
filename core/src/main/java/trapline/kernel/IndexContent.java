package trapline.kernel;

import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.bytes.Bytes;
import trapline.model.Place;

/// What was found in one kernel's source.
///
/// @param tables the numberings that the source has, in the order of [SyscallAbi#all]
/// @param declarations prototypes of every architecture
/// @param definitions definitions of every architecture
/// @param optional entry points that the kernel may be built without
/// @param redirections entry points that an architecture replaces
/// @param configs by folder under `arch/`, the usual configuration: of the symbols that
///     definitions depend on
/// @param gaps what could not be read
/// @param functions an index of all functions; empty when not asked for
public record IndexContent(
    KernelVersion version,
    List<Table> tables,
    List<SyscallDeclaration> declarations,
    List<SyscallDefinition> definitions,
    Set<String> optional,
    List<Redirection> redirections,
    Map<String, Map<String, KernelConfig.Value>> configs,
    List<Gap> gaps,
    Bytes functions) {
  public IndexContent {
    tables = List.copyOf(tables);
    declarations = List.copyOf(declarations);
    definitions = List.copyOf(definitions);
    redirections = List.copyOf(redirections);
    gaps = List.copyOf(gaps);
  }

  /// One numbering.
  ///
  /// @param rows by number
  /// @param prefix what the dispatch puts before an entry point's name, such as `__x64_`
  /// @param path from the trap to the dispatch; without stages when the source does not show it
  public record Table(SyscallAbi abi, List<SyscallRow> rows, String prefix, EntryPath path) {
    public Table {
      rows = List.copyOf(rows);
    }
  }

  /// An entry point that an architecture replaces by another: arm64 makes `sys_personality`
  /// `sys_arm64_personality` (`arch/arm64/kernel/sys.c`).
  ///
  /// @param architecture the folder under `arch/`
  /// @param place the line that says so
  public record Redirection(String architecture, String from, String to, Place place) {}
}
