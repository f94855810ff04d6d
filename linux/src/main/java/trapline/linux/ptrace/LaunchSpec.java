package trapline.linux.ptrace;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program to start under trace.
///
/// @param executable the file to run, already looked up in `PATH`; handed to execve(2) as it is. It
///     and what follows are as [trapline.bytes.ByteText] has them
/// @param arguments what the program finds in `argv`, with its own name first
/// @param environment the program's whole environment
/// @param directory the directory that it starts in
/// @param input what it reads as its standard input, its output going to `/dev/null`; `null` to
///     have this process' standard streams
public record LaunchSpec(
    String executable,
    List<String> arguments,
    Map<String, String> environment,
    Path directory,
    @Nullable Path input) {
  public LaunchSpec {
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("argv needs the program's name");
    }
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /// A program with this process' standard streams.
  public LaunchSpec(
      Path executable, List<String> arguments, Map<String, String> environment, Path directory) {
    this(executable.toString(), arguments, environment, directory, null);
  }

  /// A program with this process' environment, in this process' working directory.
  public static LaunchSpec of(Path executable, List<String> arguments) {
    return new LaunchSpec(executable, arguments, System.getenv(), Path.of(""));
  }
}
