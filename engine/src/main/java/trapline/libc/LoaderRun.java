package trapline.libc;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How a program is run on a C library that it was not linked for: its dynamic linker is run, and
/// told the program.
///
/// @param loader the dynamic linker, which is what the kernel is to start
/// @param libraryPath where it looks for libraries, first and beyond its own places
/// @param takesName whether it can be told the program's `argv[0]`: glibc's can since 2.33, musl's
///     since 1.1.24
/// @param program the file of the program
public record LoaderRun(Path loader, String libraryPath, boolean takesName, Path program) {
  /// The `argv` for the dynamic linker.
  ///
  /// @param command the program's own: its name and its arguments. A dynamic linker that cannot be
  ///     told the name gives the program its file's name
  public List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(List.of(loader.toString(), "--library-path", libraryPath));
    if (takesName) {
      all.addAll(List.of("--argv0", command.getFirst()));
    }
    // With a directory's name, so that it is not looked up and not taken for an option.
    String file = program.toString();
    all.add(file.indexOf('/') < 0 ? "./" + file : file);
    all.addAll(command.subList(1, command.size()));
    return all;
  }
}
