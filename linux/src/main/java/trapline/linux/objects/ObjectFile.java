package trapline.linux.objects;

import java.nio.file.Path;
import trapline.elf.ElfFile;

/// An opened object file.
///
/// @param elf its contents
/// @param path its name, as the traced process has it
/// @param opened the file that was opened, such as `/proc/4711/root/usr/lib/libc.so.6`; the name
///     again when it was read from memory
/// @param root the directory that the process has as its root: `/` or `/proc/PID/root`
public record ObjectFile(ElfFile elf, String path, Path opened, Path root) {}
