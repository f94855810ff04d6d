package trapline.elf;

/// The file of debug information that dwz(1) moved out of several files (`.gnu_debugaltlink`).
///
/// @param fileName a path, which may be relative to the directory of the file that names it
/// @param buildId that file's build-id in lower case hexadecimal
public record DebugAltLink(String fileName, String buildId) {}
