package trapline.elf;

/// The name of a separate debug file (`.gnu_debuglink`; GDB manual, "Debugging Information in
/// Separate Files").
///
/// @param fileName without a directory
/// @param crc32 of the whole file, as an unsigned number
public record DebugLink(String fileName, long crc32) {}
