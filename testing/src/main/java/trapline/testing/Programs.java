package trapline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Compiles test programs.
public final class Programs {
  private Programs() {}

  /// Writes `source` to `folder/name.c` and compiles it with gcc to `folder/name`.
  ///
  /// @param options for gcc, such as `-O2`, `-static`
  public static Path compile(Path folder, String name, String source, String... options) {
    return compileWith("gcc", folder, name, source, options);
  }

  /// The same with another compiler, such as `musl-gcc` or `clang`.
  public static Path compileWith(
      String compiler, Path folder, String name, String source, String... options) {
    Tools.require(compiler);
    try {
      Path file = folder.resolve(name + (compiler.endsWith("++") ? ".cc" : ".c"));
      Files.writeString(file, source);
      Path program = folder.resolve(name);
      List<String> command = new ArrayList<>(List.of(compiler, "-o", program.toString()));
      command.add(file.toString());
      Collections.addAll(command, options);
      Command.runIn(folder, command).orFail();
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
