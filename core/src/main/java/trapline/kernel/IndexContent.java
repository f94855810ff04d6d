package trapline.kernel;

import java.util.List;
import java.util.Map;
import java.util.Set;
import trapline.model.Abi;

/// What goes into an index.
///
/// @param rows64 the rows of `syscall_64.tbl`
/// @param rows32 the rows of `syscall_32.tbl`
/// @param optional entry points that the kernel may be built without
/// @param config the usual configuration, of the symbols that definitions depend on
/// @param paths from the trap to the dispatch
/// @param prefixes what the dispatch puts before an entry point's name
public record IndexContent(
    KernelVersion version,
    List<SyscallRow> rows64,
    List<SyscallRow> rows32,
    List<SyscallDeclaration> declarations,
    List<SyscallDefinition> definitions,
    Set<String> optional,
    Map<String, KernelConfig.Value> config,
    Map<Abi, EntryPath> paths,
    Map<Abi, String> prefixes) {}
