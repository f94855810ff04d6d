package trapline.kernel;

import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.bytes.Bytes;
import trapline.model.Abi;
import trapline.model.Place;

/// What was found in one kernel's source.
///
/// @param tables the numberings that the source has, in the order of [Abi#all]
/// @param declarations prototypes of every architecture
/// @param definitions definitions of every architecture
/// @param optional entry points that the kernel may be built without
/// @param redirections entry points that an architecture replaces
/// @param configs by directory under `arch/`, the usual configuration: of the symbols that
///     definitions depend on
/// @param gaps what could not be read
/// @param functions an index of all functions; empty when not asked for
/// @param fileGates what Kbuild asks for before it compiles a file, of the C files of the kernel's
///     core with [#functions] in them
public record IndexContent(
    KernelVersion version,
    List<Table> tables,
    List<SyscallDeclaration> declarations,
    List<SyscallDefinition> definitions,
    Set<String> optional,
    List<Redirection> redirections,
    Map<String, Map<String, KernelConfig.Value>> configs,
    List<Gap> gaps,
    Bytes functions,
    Map<String, List<String>> fileGates) {
  public IndexContent {
    tables = List.copyOf(tables);
    declarations = List.copyOf(declarations);
    definitions = List.copyOf(definitions);
    redirections = List.copyOf(redirections);
    gaps = List.copyOf(gaps);
    fileGates = Map.copyOf(fileGates);
  }

  /// A content that says of no file when it is built.
  public IndexContent(
      KernelVersion version,
      List<Table> tables,
      List<SyscallDeclaration> declarations,
      List<SyscallDefinition> definitions,
      Set<String> optional,
      List<Redirection> redirections,
      Map<String, Map<String, KernelConfig.Value>> configs,
      List<Gap> gaps,
      Bytes functions) {
    this(
        version,
        tables,
        declarations,
        definitions,
        optional,
        redirections,
        configs,
        gaps,
        functions,
        Map.of());
  }

  /// The same without an index of all functions.
  public IndexContent withoutFunctions() {
    return new IndexContent(
        version,
        tables,
        declarations,
        definitions,
        optional,
        redirections,
        configs,
        gaps,
        Bytes.empty("functions"));
  }

  /// One numbering.
  ///
  /// @param rows by number
  /// @param names how the dispatch names what it calls
  /// @param paths from the trap to the dispatch, one for each instruction that traps, the usual one
  ///     first
  public record Table(Abi abi, List<SyscallRow> rows, DispatchNames names, List<EntryPath> paths) {
    public Table {
      rows = List.copyOf(rows);
      paths = List.copyOf(paths);
    }
  }

  /// An entry point that an architecture replaces by another: arm64 makes `sys_personality`
  /// `sys_arm64_personality` (`arch/arm64/kernel/sys.c`).
  ///
  /// @param architecture the directory under `arch/`
  /// @param place the line that says so
  public record Redirection(String architecture, String from, String to, Place place) {}
}
